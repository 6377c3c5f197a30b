import Foundation
import TestSupport
import Testing

@testable import Training

/// A folder that another program logs into.
private struct LoggedFolder {
  let folder = Result { try TemporaryFolder() }
  var path: String { get throws { try folder.get().path } }

  func file(_ name: String) throws -> GrownFile { try GrownFile(name, in: folder.get()) }
}

extension GrownFile {
  init(_ name: String, in folder: TemporaryFolder) throws {
    self.folder = folder
    path = folder.file(name)
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try write([])
  }

  func append(_ text: String) throws { try append(Array(text.utf8)) }
}

private func scalars(_ tag: String, _ steps: some Sequence<Int>, _ value: Float = 1) -> [UInt8] {
  steps.flatMap { Message.scalar(tag, step: $0, value) }
}

/// What a follower knows after it has taken in all that was told.
private struct Known {
  var series: [String: RunSeries] = [:]
  var restarts = 0

  mutating func take(_ run: inout ForeignRun) {
    while run.poll(limit: 1_000) || run.readShare < 1 {}
    let (fresh, isRestarted) = run.takeSeries()
    if isRestarted {
      series = [:]
      restarts += 1
    }
    for one in fresh {
      series[one.tag, default: RunSeries(tag: one.tag, role: one.role)].steps += one.steps
      series[one.tag]?.values += one.values
    }
  }

  func steps(_ tag: String) -> [Int32] { series[tag]?.steps ?? [] }
}

@Test func tagsSayWhatTheirNumbersAre() {
  let roles: [(String, NumberRole)] = [
    ("loss", .loss), ("train/loss", .loss), ("Loss/train", .loss), ("total_loss", .loss),
    ("train/loss_step", .loss), ("trainLoss", .loss), ("val/loss", .validationLoss),
    ("epoch_loss", .loss), ("train/l1_loss", .other), ("loss/perceptual", .other),
    ("lr", .learningRate), ("lr-AdamW/pg1", .learningRate), ("learning_rate", .learningRate),
    ("optim/LearningRate", .learningRate), ("grad_norm", .gradientNorm),
    ("train/gradNorm", .gradientNorm), ("psnr", .psnr), ("val/PSNR_db", .psnr),
    ("codebook/usage", .codebook(.usage, level: nil)),
    ("vq/level_2/utilization", .codebook(.usage, level: 2)),
    ("codebook_utilisation/3", .codebook(.usage, level: 3)),
    ("active_codes_l1", .codebook(.active, level: 1)), ("inactive_codes", .other),
    ("perplexity", .codebook(.perplexity, level: nil)),
    ("quantizer0/perplexity", .codebook(.perplexity, level: 0)),
    ("bits/entropy", .codebook(.entropy, level: nil)), ("entropy_loss", .other),
    ("system/gpu.0.memory_usage", .other), ("GPU utilization", .other), ("accuracy", .other),
    ("", .other),
  ]
  for (tag, role) in roles { #expect(NumberRole(tag: tag) == role, "\(tag)") }
}

@Test func severalFilesAreOneRun() throws {
  let logged = LoggedFolder()
  let first = try logged.file("events.out.tfevents.100.host.1.0")
  try first.write(scalars("train/loss", 0..<30) + scalars("codebook/usage", 0..<30, 0.5))
  var run = try #require(ForeignRun(path: logged.path))
  var known = Known()
  known.take(&run)
  #expect(known.steps("train/loss") == Array(0..<30) && run.lastStep == 29 && run.lastLoss == 1)
  #expect(known.series["train/loss"]?.role == .loss)
  // The next file goes on, and the writer of the first is still at it.
  let second = try logged.file("events.out.tfevents.200.host.2.0")
  try second.write(scalars("train/loss", 30..<40))
  try first.append(scalars("late", 5..<6))
  known.take(&run)
  #expect(known.steps("train/loss") == Array(0..<40) && known.steps("late") == [5])
  #expect(known.restarts == 0)
  // A third begins again at an earlier step: what was behind it does not count.
  let third = try logged.file("events.out.tfevents.300.host.3.0")
  try third.write(scalars("train/loss", 35..<37, 2))
  known.take(&run)
  #expect(known.steps("train/loss") == Array(0..<37) && known.restarts == 1)
  #expect(known.series["train/loss"]?.values.suffix(3) == [1, 2, 2])
  // What an older file says now is out of date.
  try second.append(scalars("train/loss", 40..<45))
  known.take(&run)
  #expect(known.steps("train/loss") == Array(0..<37))
  // Folders within are told apart by their names.
  try logged.file("validation/events.out.tfevents.1").write(scalars("epoch_loss", 0..<2))
  try logged.file("checkpoints/a/b/events.out.tfevents.1").write(scalars("deep", 0..<2))
  known.take(&run)
  #expect(known.steps("validation/epoch_loss") == [0, 1])
  #expect(known.series["validation/epoch_loss"]?.role == .validationLoss)
  #expect(known.series.count == 4)
}

@Test func filesThatShrinkVanishOrAreReplacedAreReadAnew() throws {
  let logged = LoggedFolder()
  let file = try logged.file("events.out.tfevents.100")
  try file.write(scalars("loss", 0..<30))
  var run = try #require(ForeignRun(path: logged.path))
  var known = Known()
  known.take(&run)
  try file.write(scalars("loss", 0..<10))
  known.take(&run)
  #expect(known.steps("loss") == Array(0..<10) && run.lastStep == 9)
  try FileManager.default.removeItem(atPath: file.path)
  known.take(&run)
  #expect(known.steps("loss") == Array(0..<10))
  try file.write(scalars("other", 0..<50))
  known.take(&run)
  #expect(known.steps("other") == Array(0..<50) && known.steps("loss") == [])
  // Of two files one is replaced by another of the same length.
  try logged.file("events.out.tfevents.200").write(scalars("more", 0..<5))
  known.take(&run)
  try scalars("third", 0..<50).withUnsafeBytes { bytes in
    try Data(bytes).write(to: URL(fileURLWithPath: file.path), options: .atomic)
  }
  known.take(&run)
  #expect(known.steps("third").count == 50 && known.steps("more").count == 5)
  #expect(known.steps("other") == [])
}

@Test func fieldsOfJSONLinesAreFoundByThemselves() throws {
  let logged = LoggedFolder()
  let file = try logged.file("metrics.jsonl")
  try file.append(
    """
    {"note": "begin", "config": {"lr": 0.1}}
    {"global_step": 10, "train/loss": 0.5, "levels": [{"usage": 0.5}, {"usage": 0.25}]}
    {"global_step": 20, "train/loss": NaN, "time": 1700000000.5, "done": false, "name": "a\\"b"}

    no JSON at all
    {"global_step": 30.0, "train/loss": 1e-2, "grad": {"norm": 3}, "counts": [\(
      (0..<40).map(String.init).joined(separator: ","))]}
    {"global_step": 40, "train/lo
    """)
  var run = try #require(ForeignRun(path: logged.path))
  var known = Known()
  known.take(&run)
  #expect(known.steps("train/loss") == [10, 20, 30])
  #expect(known.series["train/loss"]?.values.first == 0.5)
  #expect(known.series["train/loss"]?.values[1].isNaN == true)
  #expect(known.series["levels/2/usage"]?.role == .codebook(.usage, level: 2))
  #expect(known.series["grad/norm"]?.role == .gradientNorm)
  #expect(Set(known.series.keys).isDisjoint(with: ["time", "global_step", "counts/1", "done"]))
  #expect(run.notices == ["metrics.jsonl: a line is no JSON object and is left out"])
  try file.append("ss\": 7}\n")
  known.take(&run)
  #expect(known.steps("train/loss") == [10, 20, 30, 40] && run.lastLoss == 7)
  // Without any step, lines are counted.
  let other = LoggedFolder()
  try other.file("metrics.jsonl").append("{\"a\": 1}\n{\"a\": 2}\n")
  run = try #require(ForeignRun(path: other.path))
  known = Known()
  known.take(&run)
  #expect(known.steps("a") == [1, 2])
}

@Test func aFolderIsOurRunOrAnothers() throws {
  let logged = LoggedFolder()
  let path = try logged.path
  #expect(throws: TrainingError.self) { try RunReader(path: path) }
  let file = try logged.file("metrics.jsonl")
  var reader = try RunReader(path: path)
  #expect(!reader.poll() && reader.foreign == nil)
  // The first whole line tells.
  try file.append("{\"step\": 3, \"loss\"")
  reader.poll()
  #expect(reader.foreign == nil)
  try file.append(": 0.25}\n")
  #expect(reader.poll() && reader.lastStep == 3 && reader.lastLoss == 0.25)
  #expect(reader.state == .running && reader.takeSeries().series.count == 1)
  let ours = LoggedFolder()
  try ours.file("events.out.tfevents.1").write(scalars("loss", 0..<3))
  try ours.file("metrics.jsonl").append(
    """
    {"step": 1, "time": 1, "stage": "one", "loss": 1, "terms": {}, "learning_rate": 0.001, \
    "gradient_norm": 1, "data_wait_seconds": 0, "frames_per_second": 10, "levels": []}

    """)
  reader = try RunReader(path: ours.path)
  reader.poll()
  #expect(reader.foreign == nil && reader.metrics.count == 1)
}

private func collapse(
  _ values: [Double], tag: String = "codebook/usage"
) -> (until: Int?, since: Int?, holds: Bool) {
  var watch = UsageWatch(tag: tag, role: NumberRole(tag: tag))
  var first: Int?
  for (step, value) in values.enumerated() {
    watch?.add(step: step, value: value)
    if watch?.holds == true, first == nil { first = step }
  }
  let numbers = (watch?.alert?.text ?? "").split { !$0.isNumber }.compactMap { Int($0) }
  return (numbers.first, first, watch?.holds == true)
}

@Test func usageThatFallsBelowAThirdOfItsBestAndStaysThereIsACollapse() {
  let high = [Double](repeating: 0.9, count: 50)
  let fall = high + [0.6, 0.4, 0.2, 0.2, 0.2]
  let found = collapse(fall)
  #expect(found.until == 49 && found.since == 54 && found.holds)
  #expect(!collapse(Array(fall.dropLast())).holds)
  #expect(!collapse(high + [0.2, 0.2, 0.9, 0.2, 0.2]).holds)
  // One odd value is no best, and rising is no falling.
  #expect(!collapse([0.3, 0.3, 0.99, 0.31, 0.3, 0.32, 0.3, 0.3]).holds)
  #expect(!collapse((0..<100).map { Double($0) / 100 }).holds)
  #expect(!collapse([Double](repeating: 0, count: 20)).holds)
  #expect(!collapse([Double](repeating: .nan, count: 20)).holds)
  // It ends when use is back, not where it is between.
  #expect(collapse(fall + [0.4, 0.4, 0.4, 0.4]).holds)
  #expect(!collapse(fall + [0.6, 0.6, 0.6]).holds)
  // A language model's perplexity falls from the start; a codebook's does not.
  let falling = (0..<60).map { 5_000 / Double($0 + 1) }
  #expect(!collapse(falling, tag: "val/perplexity").holds)
  #expect(collapse(falling, tag: "vq/perplexity").holds)
  #expect(
    collapse((0..<20).map(Double.init) + falling.dropFirst(20), tag: "perplexity").holds == false)
  #expect(collapse(high + falling.map { $0 / 1e5 }, tag: "perplexity").holds)
  #expect(!collapse(fall, tag: "bits/entropy").holds)
}

@Test(.enabled(if: SharedFolder.isPresent, "needs the shared folder"))
func theCollapseOfTheVectorsIsFlagged() throws {
  var reader = try RunReader(path: SharedFolder.file("vectors/tensorboard/collapse_run"))
  while reader.poll(limit: 10_000) {}
  let alerts = reader.alerts
  #expect(alerts.map(\.id) == ["COLLAPSE"] && alerts.first?.severity == .error)
  // It begins to fall at 121, is 5 % lower at 125, and below 0.3 at 177.
  #expect(
    alerts.first?.text.hasPrefix(
      "codebook/usage fell after step 124 and is below a third of its best since step 177")
      == true)
  #expect(reader.lastStep == 199 && reader.foreign?.notices == [])
  let (series, isRestarted) = reader.takeSeries()
  #expect(!isRestarted)
  #expect(series.map(\.steps.count) == [200, 200, 200, 200])
  #expect(
    series.map(\.role) == [
      .loss, .codebook(.usage, level: nil), .learningRate, .gradientNorm,
    ])
}
