/// The numbers of a file of JSON lines of another program, as they come; which field is the step is
/// found out.
struct NumberLines: Sendable {
  /// Bytes; what is longer holds no numbers over time.
  static let longestLine = 4 << 20

  private var lines: GrowingLines
  /// Fields that are no numbers over time.
  private let skipped: Set<String>
  private let name: String
  /// The field that the steps are in.
  private var stepField: String?
  /// Lines that were read.
  private var count = 0
  private var lastStep = 0
  private var badLines = 0
  /// Whether the rest of a line that is too long is being passed over.
  private var isPassing = false
  /// The first setting that says so.
  private(set) var precision: PrecisionSetting?

  init(path: String) {
    lines = GrowingLines(path: path)
    skipped =
      path.hasSuffix("/codebook.jsonl")
      ? ["ones", "codes", "clips", "level", "bits", "slope", "scales", "dimensions"] : []
    name = String(path.split(separator: "/").last ?? "")
  }

  var extent: (read: Int, size: Int) { lines.extent }

  var notice: String? {
    guard badLines > 0 else { return nil }
    return badLines == 1
      ? "\(name): a line is no JSON object and is left out"
      : "\(name): \(badLines) lines are no JSON objects and are left out"
  }

  /// - Parameter limit: the most bytes to read at once.
  mutating func read(limit: Int) -> NumberGrowth {
    let growth = lines.read(limit: limit)
    if growth.isRestarted {
      (stepField, count, lastStep, badLines, isPassing) = (nil, 0, 0, 0, false)
      precision = nil
    }
    var result = NumberGrowth(
      isRestarted: growth.isRestarted, hasBytes: growth.hasBytes || growth.isRestarted)
    for line in growth.lines {
      if isPassing {
        isPassing = false
        badLines += 1
      } else {
        add(line, to: &result.numbers)
      }
    }
    if lines.unfinished.count > Self.longestLine {
      lines.dropUnfinished()
      isPassing = true
    }
    return result
  }

  private mutating func add(_ line: [UInt8], to numbers: inout [LoggedNumber]) {
    guard line.contains(where: { $0 > 0x20 }) else { return }
    guard let object = NumberObject(line, skipping: skipped) else {
      badLines += 1
      return
    }
    count += 1
    if precision == nil {
      precision =
        object.texts.lazy.compactMap { PrecisionSetting(name: $0.name, value: $0.text) }.first
    }
    if stepField == nil { stepField = StepField.of(object) }
    if let field = stepField {
      // A line without it belongs to the step before.
      if let found = object.numbers.first(where: { $0.name == field })?.value, found.isFinite {
        lastStep = Int(min(max(found, -1), 1e15))
      }
    } else {
      lastStep = count
    }
    let time =
      object.numbers.first { StepField.times.contains($0.name) && $0.value > 1e8 }?.value ?? 0
    for number in object.numbers
    where number.name != stepField && !StepField.times.contains(number.name) {
      numbers.append(
        LoggedNumber(tag: number.name, step: lastStep, time: time, value: number.value))
    }
  }
}

/// Which field of an object counts the steps.
enum StepField {
  /// The best first.
  private static let names = [
    "step", "global_step", "_step", "trainer/global_step", "train/global_step", "train_step",
    "training_step", "steps", "global_steps", "iteration", "iter", "iterations", "it", "n_iter",
    "num_updates", "updates", "update", "train/step", "epoch", "train/epoch",
  ]
  static let times: Set = ["time", "timestamp", "_timestamp", "wall_time", "ts", "created_at"]

  /// A whole number under a known name, or one whose name ends with "step".
  static func of(_ object: NumberObject) -> String? {
    let whole = object.numbers.filter { $0.value >= 0 && $0.value == $0.value.rounded() }
    for name in names {
      if let field = whole.first(where: { $0.name.lowercased() == name }) { return field.name }
    }
    return whole.first { $0.isWhole && $0.name.lowercased().hasSuffix("step") }?.name
  }
}
