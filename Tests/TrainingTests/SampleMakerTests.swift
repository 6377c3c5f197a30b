import Foundation
import Tensors
import TestSupport
import Testing
import VideoIO

@testable import Training

@Test func samplesDecodeToTheWorldBitForBit() throws {
  let folder = try TemporaryFolder()
  let maker = SampleMaker(seed: 5, count: 2, frames: 5, size: 32)
  let records = try maker.write(to: folder.file("a"))
  #expect(records.count == 2)
  for (index, record) in records.enumerated() {
    let clip = ProceduralWorld.clip(
      seed: ProceduralWorld.seed(5, stream: .samples, index: index), frames: 5, width: 32,
      height: 32)
    #expect(record.caption == clip.caption)
    let frames = try VideoReader(path: record.path).frames(0..<5)
    #expect(frames.flatMap(\.pixels) == clip.pixels)
    let masks = try NumpyFile.read(record.masks).array
    #expect(masks.shape == [5, 32, 32])
    #expect(masks.bytes == clip.masks)
  }
}

@Test func theSameSeedWritesTheSameFiles() throws {
  let folder = try TemporaryFolder()
  let maker = SampleMaker(seed: 6, count: 1, frames: 3, size: 16)
  let first = try maker.write(to: folder.file("a"))[0]
  let second = try maker.write(to: folder.file("b"))[0]
  for (one, other) in [(first.path, second.path), (first.masks, second.masks)] {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: one))
    #expect(!bytes.isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == bytes)
  }
  #expect(first.path.hasPrefix("/"))
}

@Test func aRecordHasTheFieldsThatTheDesignNames() throws {
  let record = SampleRecord(
    path: "/a.mkv", masks: "/a.masks.npy", caption: "A red ring stays.", background: "leafy",
    objects: [WorldObject(id: 1, colour: "red", shape: "ring", motion: "stays")],
    actions: [WorldAction(object: 1, verb: "stays", start: 0, end: 3)])
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  #expect(
    String(decoding: try encoder.encode(record), as: UTF8.self)
      == #"{"actions":[{"end":3,"object":1,"start":0,"verb":"stays"}],"background":"leafy","#
      + #""caption":"A red ring stays.","masks":"/a.masks.npy","#
      + #""objects":[{"colour":"red","id":1,"motion":"stays","shape":"ring"}],"path":"/a.mkv"}"#)
}

@Test func aManifestOfSamplesCanBeTrainedOn() throws {
  let folder = try TemporaryFolder()
  let records = try SampleMaker(seed: 7, count: 3, frames: 9, size: 32).write(to: folder.path)
  let lines = records.map { "{\"path\": \"\($0.path)\", \"caption\": \"\($0.caption)\"}\n" }
  try lines.joined().write(
    toFile: folder.file("m.jsonl"), atomically: true, encoding: .utf8)
  let manifest = try ClipManifest(path: folder.file("m.jsonl"))
  let dataset = ManifestDataset(manifest, seed: 1)
  var random = RandomSource(seed: 2)
  var captions: Set<String> = []
  for position in 0..<3 {
    let clip = try dataset.clip(at: position, frames: 5, size: 16, random: &random)
    #expect(clip.pixels.count == 5 * 16 * 16 * 3)
    captions.insert(clip.caption)
  }
  #expect(captions == Set(records.map(\.caption)))
  // A clip that is too short is held at its last frame.
  let long = try dataset.clip(at: 0, frames: 13, size: 32, random: &random)
  let frame = 32 * 32 * 3
  #expect(long.pixels.suffix(frame) == long.pixels[8 * frame..<9 * frame])
  #expect {
    try dataset.clip(at: 0, frames: 1, size: 64, random: &random)
  } throws: {
    "\($0)".contains("smaller than 64x64")
  }
}

@Test func theBundledSamplesAreWhatTheirSeedGives() throws {
  let samples = URL(fileURLWithPath: plansFolder).deletingLastPathComponent().path
  let manifest = try ClipManifest(path: samples + "/captions.jsonl")
  #expect(manifest.entries.count == 3)
  for (index, entry) in manifest.entries.enumerated() {
    let clip = ProceduralWorld.clip(
      seed: ProceduralWorld.seed(4, stream: .samples, index: index), frames: 25, width: 128,
      height: 128)
    #expect(entry.caption == clip.caption)
    let reader = try VideoReader(path: entry.path)
    #expect(reader.info.frameCount == 25)
    // Other processors may round the last bit of a sine otherwise.
    let pixels = try reader.frames(0..<25).flatMap(\.pixels)
    let different = zip(pixels, clip.pixels).filter { abs(Int($0) - Int($1)) > 1 }.count
    #expect(different < pixels.count / 1000)
  }
}
