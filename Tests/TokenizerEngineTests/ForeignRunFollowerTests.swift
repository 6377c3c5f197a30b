import Foundation
import TestSupport
import Testing

@testable import TokenizerEngine
@testable import Training

private func line(_ step: Int, _ loss: Double) -> String {
  "{\"step\": \(step), \"loss\": \(loss), \"codebook/usage\": 0.5}\n"
}

@Test func anotherProgramsRunIsToldByName() throws {
  let folder = try TemporaryFolder()
  let path = folder.file("metrics.jsonl")
  try (1...5).map { line($0, 1) }.joined().write(toFile: path, atomically: true, encoding: .utf8)
  var run = try FollowedRun(path: folder.path)
  var events: [RunEvent] = []
  while run.look({ events.append($0) }) {}
  guard case .series(let series, _, let isRestarted)? = events.first else {
    Issue.record("no numbers came")
    return
  }
  #expect(!isRestarted && series.map(\.tag) == ["loss", "codebook/usage"])
  #expect(series[0].role == .loss && series[0].steps == [1, 2, 3, 4, 5])
  guard case .status(let status, _)? = events.last else {
    Issue.record("no status came")
    return
  }
  #expect(status.isForeign && status.state == .running && status.readShare == nil)
  // Only what is new, then a bad line, then all of it anew.
  func next(_ text: String, anew: Bool = false) throws -> [RunEvent] {
    let old = anew ? "" : try String(contentsOfFile: path, encoding: .utf8)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data((old + text).utf8))
    try file.close()
    events = []
    while run.look({ events.append($0) }) {}
    return events
  }
  #expect(try next("").isEmpty)
  let usage = RunNumbers(
    tag: "codebook/usage", role: .codebook(.usage, level: nil), steps: [6], values: [0.5])
  #expect(
    try next("{\"step\": 6, \"codebook/usage\": 0.5}\n").first
      == .series([usage], run: folder.path, isRestarted: false))
  #expect(
    try next("oh\n").contains {
      if case .failed(let text, folder.path) = $0 { text.contains("no JSON object") } else { false }
    })
  let all = try next(line(1, 2), anew: true)
  guard case .series(let anew, _, true)? = all.first else {
    Issue.record("it was not told anew")
    return
  }
  #expect(anew.map(\.steps) == [[1], [1]])
}

@Test func anotherProgramsRunIsNotSteered() throws {
  let folder = try TemporaryFolder()
  try line(1, 1).write(
    toFile: folder.file("metrics.jsonl"), atomically: true, encoding: .utf8)
  let failed = DispatchSemaphore(value: 0)
  let follower = RunFollower { event in
    if case .failed(let text, _) = event, text.contains("not steered") { failed.signal() }
  }
  follower.submit(.follow([folder.path]))
  follower.submit(.ask(run: folder.path, command: "stop", value: nil))
  follower.submit(.resume(run: folder.path))
  for _ in 0..<2 { #expect(failed.wait(timeout: .now() + 20) == .success) }
  #expect(try folder.contents() == ["metrics.jsonl"])
}
