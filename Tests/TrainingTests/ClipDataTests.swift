import Foundation
import Tensors
import TestSupport
import Testing
import VideoIO

@testable import Training

private func write(_ text: String, _ name: String, _ folder: TemporaryFolder) throws -> String {
  try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
  return folder.file(name)
}

@Test func manifestsOfAllThreeKindsSayTheSame() throws {
  let folder = try TemporaryFolder()
  let json = try write(
    #"[{"path": "a.mkv", "caption": "one, \"two\""}, {"path": "/b.mkv", "caption": "three"}]"#,
    "m.json", folder)
  let lines = try write(
    "{\"path\": \"a.mkv\", \"caption\": \"one, \\\"two\\\"\", \"more\": 1}\n\n"
      + "{\"path\": \"/b.mkv\", \"caption\": \"three\"}\n", "m.jsonl", folder)
  let table = try write(
    "caption,path\r\n\"one, \"\"two\"\"\",a.mkv\r\nthree,/b.mkv\r\n", "m.csv", folder)
  let entries = try ClipManifest(path: json).entries
  #expect(entries.map(\.caption) == ["one, \"two\"", "three"])
  #expect(entries[0].path.hasSuffix("/a.mkv"))
  #expect(entries[0].path.hasPrefix("/"))
  #expect(entries[1].path == "/b.mkv")
  #expect(try ClipManifest(path: lines).entries == entries)
  #expect(try ClipManifest(path: table).entries == entries)
}

@Test(arguments: [
  ("m.json", "[]", "it lists no clips"), ("m.json", "{", "it lacks a path"),
  ("m.jsonl", "{\"caption\": \"a\"}", "line 1 lacks a path"),
  ("m.jsonl", "{\"path\": \"a\"}", "none of its clips has a caption"),
  ("m.csv", "file,text\na,b", "does not name the columns"),
  ("m.csv", "path,caption\n,a", "line 2 lacks a path"), ("m.txt", "", "does not end in"),
])
func brokenManifestsAreRefused(name: String, text: String, message: String) throws {
  let folder = try TemporaryFolder()
  let path = try write(text, name, folder)
  #expect {
    try ClipManifest(path: path)
  } throws: {
    "\($0)".contains(message)
  }
}

private func makeFeed(_ position: FeedPosition) throws -> BatchFeed {
  let plan = try TrainingPlan(path: "\(plansFolder)/tiny.json")
  return BatchFeed(
    plan: plan, datasets: [plan.data: ProceduralDataset(seed: plan.seed, stream: .training)],
    position: position)
}

@Test func batchesFollowFromThePositionAlone() throws {
  let feed = try makeFeed(FeedPosition(random: RandomSource(seed: 4)))
  let first = try (0..<6).map { _ in try feed.next()[0] }
  #expect(first.map(\.position.step) == Array(1...6))
  #expect(first[5].position.clips == first.reduce(0) { $0 + $1.captions.count })
  let resumed = try makeFeed(first[2].position)
  for batch in first[3...] {
    let again = try resumed.next()[0]
    #expect(again.video.values == batch.video.values)
    #expect(again.captions == batch.captions)
    #expect(again.seen == batch.seen)
    #expect(again.bitOrder == batch.bitOrder)
    #expect(again.random == batch.random)
    #expect(again.position == batch.position)
  }
}

@Test func aStepHasAsManyBatchesOfOneShapeAsItAccumulates() throws {
  var plan = try TrainingPlan(path: "\(plansFolder)/tiny.json")
  plan.stages[0].accumulate = 3
  let feed = BatchFeed(
    plan: plan, datasets: [plan.data: ProceduralDataset(seed: 1, stream: .training)],
    position: FeedPosition(random: RandomSource(seed: 4)), depth: 1)
  for step in 1...3 {
    let batches = try feed.next()
    #expect(batches.count == 3)
    #expect(Set(batches.map(\.video.shape)).count == 1)
    #expect(batches.allSatisfy { $0.position.step == step })
    #expect(batches[0].video.values != batches[1].video.values)
  }
}

@Test func everyClipOfAShortListComesBack() {
  let dataset = ProceduralDataset(seed: 1, stream: .training, distinct: 2)
  var random = RandomSource(seed: 1)
  let clips = (0..<4).map { dataset.clip(at: $0, frames: 1, size: 8, random: &random) }
  #expect(clips[0] == clips[2])
  #expect(clips[1] == clips[3])
  #expect(clips[0] != clips[1])
}

@Test func clipsThatCannotBeReadAreListedOnceAndReplaced() throws {
  let folder = try TemporaryFolder()
  let writer = try makeWriter(
    path: folder.file("good.mkv"), width: 8, height: 8, frameRate: Rational(25))
  try writer.append(Frame(width: 8, height: 8, pixels: Array(repeating: 9, count: 192), time: 0))
  try writer.finish()
  let rows = try write(
    "path,caption\ngood.mkv,yes\nmissing.mkv,no\nsilent.mkv,\n", "m.csv", folder)
  let dataset = ManifestDataset(try ClipManifest(path: rows), seed: 1)
  var random = RandomSource(seed: 1)
  for position in 0..<4 {
    let clip = try dataset.clip(at: position, frames: 1, size: 8, random: &random)
    #expect(clip.caption == "yes")
  }
  #expect(dataset.skipped.count == 2)
  #expect(dataset.skipped[0].reason.contains("silent.mkv: the manifest gives it no caption"))
  #expect(dataset.skipped[1].path.hasSuffix("missing.mkv"))
  // Nothing is enlarged: a clip that is too small is left out like one that cannot be read.
  #expect(throws: TrainingError.self) {
    try dataset.clip(at: 0, frames: 1, size: 16, random: &random)
  }
  let none = try write("path,caption\nmissing.mkv,no\n", "none.csv", folder)
  let empty = ManifestDataset(try ClipManifest(path: none), seed: 1)
  #expect(throws: TrainingError.self) {
    try empty.clip(at: 0, frames: 1, size: 8, random: &random)
  }
}

@Test(arguments: [
  ("A cat walks to the left.", true), ("Turn right, then stop", true), ("clockwise spin", true),
  ("A bright fire is left-handed", true), ("The leftover cake", false), ("copyright law", false),
])
func captionsThatTellSidesAreFound(caption: String, tells: Bool) {
  #expect(Augmentation.tellsSides(caption) == tells)
}

@Test func mirrorsAndCropsMoveWholePixels() {
  let frame = Frame(width: 3, height: 2, pixels: (0..<18).map { UInt8($0) }, time: 0)
  var window = CropWindow(size: 2)
  window.x = 1
  var pixels: [UInt8] = []
  window.append(frame, to: &pixels)
  #expect(pixels == [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17])
  window.isMirrored = true
  pixels = []
  window.append(frame, to: &pixels)
  #expect(pixels == [6, 7, 8, 3, 4, 5, 15, 16, 17, 12, 13, 14])
}

@Test func augmentationDrawsWithinItsBoundsAndRespectsCaptions() {
  let augmentation = Augmentation(flip: 1, crop: 0.5)
  var random = RandomSource(seed: 2)
  for _ in 0..<50 {
    let side = augmentation.side(for: 64, random: &random)
    #expect((64...128).contains(side))
    let window = augmentation.window(of: 64, in: side, caption: "a cat", random: &random)
    #expect(window.isMirrored && window.x + 64 <= side && window.y + 64 <= side)
    #expect(
      !augmentation.window(of: 64, in: side, caption: "to the left", random: &random).isMirrored)
  }
}
