import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import Training

private func metrics(step: Int, _ change: (inout LevelStatistics) -> Void = { _ in }) -> StepMetrics
{
  var random = RandomSource(seed: UInt64(step))
  let values = (0..<512 * 16).map { _ in Float(random.normal()) }
  var level = LevelStatistics(z: Tensor(values, shape: [512, 16]), slope: 6)
  level.codeGradient = 1
  level.codeGradientMedian = 1
  level.entropyGradient = 1
  level.entropyGradientMedian = 0.1
  change(&level)
  return StepMetrics(
    step: step, time: Double(step), stage: "a", loss: 1 / Double(step),
    terms: ["l1": .init(value: 1, weight: 1)], learningRate: 1, gradientNorm: 1,
    dataWaitSeconds: 0, framesPerSecond: 1, stepSeconds: 0.5, memoryBytes: 7, levels: [level])
}

private func rules(
  _ steps: ClosedRange<Int>, _ change: (Int, inout LevelStatistics) -> Void
) -> RunAlerts {
  var rules = RunAlerts(bits: 16)
  for step in steps { rules.add(metrics(step: step) { change(step, &$0) }) }
  return rules
}

private func ids(_ rules: RunAlerts) -> Set<String> { Set(rules.alerts.map(\.id)) }

@Test func randomCodesRaiseNothingAboveInfo() {
  let alerts = rules(1...80) { _, _ in }.alerts
  #expect(Set(alerts.map(\.id)) == ["UNDERSAMPLED", "CAP"])
  #expect(alerts.allSatisfy { $0.severity == .info })
}

@Test func eachRuleSeesItsOwnFault() {
  let dead = rules(1...60) { $1.ones?[3] = 0.01 }
  #expect(dead.alerts.first?.id == "DEAD_BIT" && dead.alerts.first?.severity == .warning)
  #expect(dead.alerts.first?.text == "bit 3 of 16 nearly never changes")
  let all = rules(1...60) { $1.ones = [Double](repeating: 0.995, count: 16) }
  #expect(all.alerts.first?.severity == .error)
  // Usage that falls, and usage that never was.
  let fallen = rules(1...100) { $1.used = $0 < 60 ? 400 : 100 }
  #expect(fallen.alerts.first?.id == "COLLAPSE" && fallen.alerts.first?.severity == .warning)
  #expect(fallen.alerts.first?.level == 1)
  #expect(ids(rules(1...100) { $1.used = 20 }).contains("COLLAPSE"))
  // Low from the start but rising is how training begins.
  #expect(!ids(rules(1...100) { $1.used = 50 + $0 }).contains("COLLAPSE"))
  #expect(ids(rules(1...60) { $1.inReach = 0.01 }).contains("SATURATED"))
  #expect(ids(rules(1...60) { $1.entropyGradientMedian = 1e-9 }).contains("INERT"))
  #expect(!ids(rules(1...60) { $1.entropyGradientMedian = nil }).contains("INERT"))
  let cut = rules(1...12) { $1.codeGradient = 0 }
  #expect(cut.alerts.first?.id == "NO_STE" && cut.alerts.first?.severity == .error)
  #expect(!ids(rules(1...12) { $1.codeGradient = $0 == 5 ? 1 : 0 }).contains("NO_STE"))
}

@Test func anAlertNeedsSeveralWindowsAndEndsOnlyWhenThingsAreGoodAgain() {
  func saturated(_ reach: @escaping (Int) -> Double, until end: Int) -> Bool {
    ids(rules(1...end) { $1.inReach = reach($0) }).contains("SATURATED")
  }
  // One bad window of ten steps behind two of grace is not enough.
  #expect(!saturated({ _ in 0.01 }, until: 30))
  #expect(saturated({ _ in 0.01 }, until: 40))
  #expect(!saturated({ (31...40).contains($0) ? 0.01 : 0.5 }, until: 60))
  // Between bad and good it stays as it was.
  #expect(saturated({ $0 <= 40 ? 0.01 : 0.035 }, until: 80))
  #expect(!saturated({ $0 <= 40 ? 0.01 : 0.035 }, until: 20))
  #expect(!saturated({ $0 <= 40 ? 0.01 : 0.2 }, until: 50))
}

@Suite(.serialized)
struct RunReaderTests {
  private func start() throws -> (TemporaryFolder, RunFolder) {
    let folder = try TemporaryFolder()
    let run = RunFolder(path: folder.path)
    try run.create()
    try WholeFile.write(
      [try TrainingPlan(path: plansFolder + "/tiny.json").json()], to: run.planPath)
    try run.truncateMetrics(after: 0)
    return (folder, run)
  }

  @Test func aReaderSeesEachStepOnceWhateverHappensToTheFiles() throws {
    let (folder, run) = try start()
    var reader = try RunReader(path: folder.path)
    let png = try PNGPicture.encode(
      Frame(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6], time: 0))
    let histogram = try #require(Histogram([Tensor([1, 2], shape: [2])]))
    for step in 1...3 {
      try run.append(
        metrics(step: step),
        more: [
          ("levels/1/z", .histogram(histogram)),
          ("previews/1", .image(width: 2, height: 1, png: png)),
        ])
    }
    let changed1 = reader.poll()
    #expect(changed1)
    #expect(reader.metrics.map(\.step) == [1, 2, 3])
    #expect(reader.metrics[2] == metrics(step: 3))
    #expect(reader.previews.map(\.step) == [1, 2, 3] && reader.previews[0].clip == 1)
    #expect(try reader.previews[0].frame().pixels == [1, 2, 3, 4, 5, 6])
    #expect(reader.histograms.map(\.level) == [1, 1, 1])
    #expect(reader.histograms[0].histogram == histogram)
    let changed2 = reader.poll()
    #expect(!changed2)
    #expect(reader.plannedSteps == 40 && reader.secondsLeft == 18.5)
    // A line comes in two parts.
    let encoder = JSONEncoder()
    let line = [UInt8](try encoder.encode(metrics(step: 4))) + [10]
    try AppendedFile.append(Array(line[..<100]), to: run.metricsPath)
    reader.poll()
    #expect(reader.metrics.count == 3)
    try AppendedFile.append(Array(line[100...]), to: run.metricsPath)
    reader.poll()
    #expect(reader.metrics.map(\.step) == [1, 2, 3, 4])
    // A resumed run replaces both files by shorter ones.
    try run.truncateMetrics(after: 2)
    let changed3 = reader.poll()
    #expect(changed3)
    #expect(reader.restarts == 1)
    #expect(reader.metrics.map(\.step) == [1, 2] && reader.previews.map(\.step) == [1, 2])
    try run.append(metrics(step: 3))
    reader.poll()
    #expect(reader.metrics.map(\.step) == [1, 2, 3])
    // Cut in place and grown again beyond where it was.
    truncate(run.metricsPath, 0)
    for step in 1...5 { try run.append(metrics(step: 10 + step)) }
    reader.poll()
    #expect(reader.metrics.map(\.step) == [11, 12, 13, 14, 15])
    // For a while it is not there at all.
    try FileManager.default.removeItem(atPath: run.metricsPath)
    reader.poll()
    #expect(reader.metrics.count == 5)
    try run.append(metrics(step: 1))
    reader.poll()
    #expect(reader.metrics.map(\.step) == [1])
  }

  @Test func aPollReadsWhatIsNewAndNoMoreThanItsLimit() throws {
    let folder = try TemporaryFolder()
    var file = GrowingFile(path: folder.file("a"))
    let growth4 = file.read()
    #expect(growth4.bytes.isEmpty)
    try AppendedFile.append(Array(0..<100), to: folder.file("a"))
    let growth5 = file.read(limit: 60)
    #expect(growth5.bytes == Array(0..<60))
    let growth6 = file.read()
    #expect(growth6.bytes == Array(60..<100))
    let growth7 = file.read()
    #expect(growth7.bytes.isEmpty)
  }

  @Test func theStateFollowsFromProcessAndHeartbeat() throws {
    var record = RunRecord(plan: try TrainingPlan(path: plansFolder + "/tiny.json"))
    #expect(record.currentState() == .running)
    // Clocks that are set, either way, change nothing: the time since the machine started counts.
    record.heartbeat += 1e9
    #expect(record.currentState() == .running)
    record.heartbeat = 0
    #expect(record.currentState() == .running)
    record.heartbeatUptime = RunRecord.uptime() - 100
    #expect(record.currentState(patience: 60) == .stalled)
    #expect(record.currentState(patience: 200) == .running)
    record.state = "paused"
    record.beat()
    #expect(record.currentState() == .paused)
    // Another process has taken the number.
    record.processStart = (record.processStart ?? 0) + 1
    #expect(record.currentState() == .crashed)
    record.processStart = nil
    record.processID = 0x3FFF_FFFF
    #expect(record.currentState() == .crashed)
    record.state = "finished"
    #expect(record.currentState() == .finished)
    record.state = "running"
    record.host = "elsewhere"
    record.heartbeat = Date().timeIntervalSince1970 + 1e6
    #expect(record.currentState() == .running)
    record.heartbeat -= 2e6
    #expect(record.currentState() == .crashed)
  }

  @Test func aFolderWithoutARunIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect { try RunReader(path: folder.path) } throws: { "\($0)".contains("holds no run") }
    #expect { try RunReader(path: folder.file("x")) } throws: { "\($0)".contains("no such folder") }
  }
}

@Test func tensorBoardSeesTheNumbersOfTheMetrics() throws {
  let folder = try TemporaryFolder()
  let path = plansFolder + "/tiny.json"
  var plan = try TrainingPlan(path: path)
  plan.stages[0].steps = 4
  plan.stages[0].optimizer.decayStart = 4
  plan.validation.every = 2
  _ = try Trainer(plan: plan, planPath: path, run: folder.path, resume: false).run()
  let run = RunFolder(path: folder.path)
  let events = try #require(run.eventsPath)
  var reader = EventRecords(try WholeFile.read(events))
  var found: [String: [Int: EventValue]] = [:]
  while let record = reader.next() {
    let event = try #require(record.event)
    for (tag, value) in event.values { found[tag, default: [:]][event.step] = value }
  }
  #expect(!reader.isDamaged && reader.offset == reader.bytes.count)
  let lines = try String(contentsOfFile: run.metricsPath, encoding: .utf8).split(separator: "\n")
  var compared = 0
  for line in lines {
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let step = try #require(fields["step"] as? Int)
    for (tag, number) in numbers(fields, path: []) where !["step", "time"].contains(tag) {
      guard case .scalar(let value)? = found[tag]?[step] else {
        Issue.record("\(tag) of step \(step) is no event")
        continue
      }
      #expect(value == Double(Float(number)), "\(tag)")
      compared += 1
    }
  }
  #expect(lines.count == 4 && compared > 4 * 4 * 32)
  #expect(found["levels/4/z"]?[1] != nil && found["previews/2"]?[4] != nil)
}

/// The numbers of a document with their names joined by slashes; levels and usage count from 1.
private func numbers(_ value: Any, path: [String]) -> [(String, Double)] {
  switch value {
  case let fields as [String: Any]:
    return fields.flatMap { numbers($1, path: path + [$0]) }
  case let list as [Any]:
    let start = ["levels", "usage", "flips"].contains(path.last) ? 1 : 0
    return list.enumerated().flatMap { numbers($1, path: path + ["\($0 + start)"]) }
  case let number as NSNumber: return [(path.joined(separator: "/"), number.doubleValue)]
  default: return []
  }
}
