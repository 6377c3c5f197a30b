import TokenizerEngine

/// An input that could not be used, and why.
struct SkippedInput {
  let path: String
  let reason: String

  var json: JSONObject {
    JSONObject {
      $0.set("path", path)
      $0.set("reason", reason)
    }
  }
}

/// Thrown where no other input can work either.
struct RunEnded: Error {
  let cause: any Error
}

/// A fault that does not say itself which input it is about.
private struct NamedFault: Error, CustomStringConvertible {
  let name: String
  let cause: any Error

  var description: String { "\(name): \(cause)" }
}

/// What an input brought that people see at once.
struct InputResult {
  /// What should be known about the clip, for stderr.
  var notices: [String] = []
  /// For stdout.
  var text: String?
}

/// Works through many inputs: a bad one is told about and passed over.
struct InputRun {
  private(set) var skipped: [SkippedInput] = []
  /// Whether faults are told with the input's name before them.
  var namesInputs = false
  private let isQuiet: Bool
  private let count: Int
  private var progress: ProgressLine
  private var good = 0
  private var failure: (any Error)?

  init(quiet: Bool, count: Int) {
    isQuiet = quiet
    self.count = count
    progress = ProgressLine(quiet: quiet)
  }

  /// Goes on past what fails; `finish` tells of it.
  mutating func each(
    _ paths: [String], _ body: (_ path: String, _ report: StepReport) throws -> InputResult
  ) throws {
    try each(paths, path: { $0 }, body)
  }

  /// The same over inputs that are more than paths.
  mutating func each<Input>(
    _ inputs: [Input], path: (Input) -> String,
    _ body: (_ input: Input, _ report: StepReport) throws -> InputResult
  ) throws {
    for (index, input) in inputs.enumerated() {
      let path = path(input)
      do {
        try Interruption.check()
        let result = try step(input, path, number: index + 1, of: inputs.count, body)
        good += 1
        InputRun.show(result.notices, of: path, quiet: isQuiet)
        if let text = result.text { try StandardOutput.writeLine(text) }
      } catch let interrupted as Interrupted {
        progress.clear()
        throw interrupted
      } catch let lost as OutputLost {
        throw lost
      } catch let ended as RunEnded {
        progress.clear()
        throw ended.cause
      } catch {
        progress.clear()
        skipped.append(SkippedInput(path: path, reason: "\(error)"))
        let told: any Error = namesInputs ? NamedFault(name: path, cause: error) : error
        failure = told
        if count > 1 { StandardError.writeLine("pyratok: skipped: \(told)") }
      }
    }
  }

  /// Passes over an input for a reason that is no fault.
  mutating func skip(_ path: String, reason: String) {
    InputRun.show([reason], of: path, quiet: isQuiet)
    skipped.append(SkippedInput(path: path, reason: reason))
    good += 1
  }

  /// Throws if no input worked, with the only reason if there was one input only.
  func finish() throws {
    guard good == 0, let failure else { return }
    if count == 1 { throw failure }
    throw CommandError.nothingWorked(count: count)
  }

  /// One line each on stderr, but no flood where every second frame is lost.
  static func show(_ notices: [String], of path: String, quiet: Bool) {
    guard !quiet else { return }
    for line in notices.prefix(4) { StandardError.writeLine("pyratok: \(path): \(line)") }
    if notices.count > 4 {
      StandardError.writeLine("pyratok: \(path): and \(notices.count - 4) more of the kind")
    }
  }

  private mutating func step<Input>(
    _ input: Input, _ path: String, number: Int, of count: Int,
    _ body: (_ input: Input, _ report: StepReport) throws -> InputResult
  ) throws -> InputResult {
    var line = progress
    defer {
      line.clear()
      progress = line
    }
    let place = count > 1 ? "[\(number)/\(count)] " : ""
    return try body(input) { done, total in
      try Interruption.check()
      line.show("\(place)\(path) \(total > 0 ? done * 100 / total : 0) %")
    }
  }
}
