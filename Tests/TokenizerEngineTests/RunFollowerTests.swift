import Foundation
import TestSupport
import Testing
import VideoIO

@testable import TokenizerEngine
@testable import Training

/// A run folder as a trainer leaves it, without a trainer.
private struct WrittenRun {
  let folder: TemporaryFolder
  var path: String { folder.file("runs/one") }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("")
  }

  func write(_ text: String) throws {
    try text.write(toFile: path + "/metrics.jsonl", atomically: true, encoding: .utf8)
  }

  func append(_ text: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: path + "/metrics.jsonl"))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  static func line(_ step: Int) -> String {
    """
    {"step": \(step), "time": \(step), "stage": "one", "loss": \(1 / Double(step)), "terms": {}, \
    "learning_rate": 0.001, "gradient_norm": 1, "data_wait_seconds": 0, \
    "frames_per_second": 10, "levels": []}

    """
  }
}

private func steps(_ events: [RunEvent]) -> [Int] {
  events.flatMap { event -> [Int] in
    guard case .steps(let steps, _, _) = event else { return [] }
    return steps.map(\.step)
  }
}

@Test func onlyWhatIsNewIsTold() throws {
  let written = try WrittenRun()
  try written.write((1...200).map(WrittenRun.line).joined())
  var run = try FollowedRun(path: written.path)
  var events: [RunEvent] = []
  while run.look({ events.append($0) }) {}
  #expect(steps(events) == Array(1...200))
  events = []
  _ = run.look { events.append($0) }
  #expect(events.isEmpty)
  // A line that is being written waits for its end.
  let line = WrittenRun.line(201)
  try written.append(String(line.prefix(40)))
  _ = run.look { events.append($0) }
  #expect(steps(events).isEmpty)
  try written.append(String(line.dropFirst(40)) + WrittenRun.line(202))
  _ = run.look { events.append($0) }
  #expect(steps(events) == [201, 202])
}

@Test func aLongRunIsReadToItsEndWithTheShareThatIsDone() throws {
  let written = try WrittenRun()
  try written.write((1...20).map(WrittenRun.line).joined())
  // Three megabytes of numbers, then a picture.
  let events = EventsFile(path: written.path + "/events.out.tfevents.1.test")
  try events.truncate(after: 0, steps: [])
  let numbers = (0..<2000).map { ("level/\($0)/number", EventValue.scalar(0.5)) }
  let png = try PNGPicture.encode(
    Frame(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6], time: 0))
  for step in 1...60 {
    let record = EventsFile.event(time: 0, step: step, values: numbers)
    try AppendedFile.append(EventsFile.record(record), to: events.path)
  }
  let last = EventsFile.event(
    time: 0, step: 60, values: [("previews/1", .image(width: 2, height: 1, png: png))])
  try AppendedFile.append(EventsFile.record(last), to: events.path)
  var run = try FollowedRun(path: written.path)
  var shares: [Double?] = []
  var previews: [RunPreview] = []
  var looks = 1
  func take(_ event: RunEvent) {
    if case .status(let status, _) = event { shares.append(status.readShare) }
    if case .previews(let fresh, _, _) = event { previews += fresh }
  }
  while run.look(take) { looks += 1 }
  #expect(looks > 2)
  let known = shares.compactMap(\.self)
  #expect(known == known.sorted() && known.count == shares.count - 1 && shares.last == .some(nil))
  #expect(previews.map(\.step) == [60] && previews.first?.picture.pixels == [1, 2, 3, 4, 5, 6])
}

@Test func aResumedRunIsToldAgain() throws {
  let written = try WrittenRun()
  try written.write((1...50).map(WrittenRun.line).joined())
  var run = try FollowedRun(path: written.path)
  while run.look({ _ in }) {}
  try written.write((1...20).map(WrittenRun.line).joined())
  var events: [RunEvent] = []
  _ = run.look { events.append($0) }
  guard case .steps(let steps, _, let isRestarted)? = events.first else {
    Issue.record("no steps came")
    return
  }
  #expect(isRestarted)
  #expect(steps.map(\.step) == Array(1...20))
}

@Test func runsAreListedWithTheLastActiveFirst() throws {
  let written = try WrittenRun()
  try written.write((1...500).map(WrittenRun.line).joined() + "{\"step\": 501, \"ti")
  let other = written.folder.file("runs/two")
  try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
  try WrittenRun.line(900).write(
    toFile: other + "/metrics.jsonl", atomically: true, encoding: .utf8)
  try FileManager.default.createDirectory(
    atPath: written.folder.file("runs/no-run"), withIntermediateDirectories: true)
  let runs = RunSummary.all(in: written.folder.file("runs"))
  #expect(runs.map(\.name) == ["two", "one"])
  #expect(runs.map(\.step) == [900, 500])
  #expect(runs[1].loss == 1 / 500.0)
  #expect(RunSummary.all(in: written.folder.file("nowhere")).isEmpty)
}

@Test func bundledPlansAreFoundByName() throws {
  let names = PlanLocation.names
  #expect(names.contains("overfit"))
  for name in names { _ = try TrainingPlan(path: PlanLocation.find(name)) }
  #expect(BundledFiles.folders("samples/plans")[0].hasSuffix("share/pyratok/samples/plans"))
  #expect(try PlanLocation.find("tiny").hasSuffix("samples/plans/tiny.json"))
  #expect(throws: RunFollowerError.self) { try PlanLocation.find("no-such-plan") }
}
