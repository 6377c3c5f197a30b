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
  ("m.json", "[]", "it lists no clips"), ("m.json", "{", "it lacks a path or a caption"),
  ("m.jsonl", "{\"path\": \"a\"}", "line 1 lacks a path or a caption"),
  ("m.csv", "file,text\na,b", "does not name the columns"),
  ("m.csv", "path,caption\na", "line 2 is too short"), ("m.txt", "", "does not end in"),
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
    plan: plan, dataset: ProceduralDataset(seed: plan.seed, stream: .training),
    position: position)
}

@Test func batchesFollowFromThePositionAlone() throws {
  let feed = try makeFeed(FeedPosition(random: RandomSource(seed: 4)))
  let first = try (0..<6).map { _ in try feed.next() }
  #expect(first.map(\.position.step) == Array(1...6))
  #expect(first[5].position.clips == first.reduce(0) { $0 + $1.captions.count })
  let resumed = try makeFeed(first[2].position)
  for batch in first[3...] {
    let again = try resumed.next()
    #expect(again.video.values == batch.video.values)
    #expect(again.captions == batch.captions)
    #expect(again.seen == batch.seen)
    #expect(again.bitOrder == batch.bitOrder)
    #expect(again.position == batch.position)
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
  let rows = try write("path,caption\ngood.mkv,yes\nmissing.mkv,no\n", "m.csv", folder)
  let dataset = ManifestDataset(try ClipManifest(path: rows), seed: 1)
  var random = RandomSource(seed: 1)
  for position in 0..<4 {
    let clip = try dataset.clip(at: position, frames: 1, size: 8, random: &random)
    #expect(clip.caption == "yes")
  }
  #expect(dataset.skipped.count == 1)
  #expect(dataset.skipped[0].path.hasSuffix("missing.mkv"))
  let none = try write("path,caption\nmissing.mkv,no\n", "none.csv", folder)
  let empty = ManifestDataset(try ClipManifest(path: none), seed: 1)
  #expect(throws: TrainingError.self) {
    try empty.clip(at: 0, frames: 1, size: 8, random: &random)
  }
}
