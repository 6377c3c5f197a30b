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

/// Works through many inputs: a bad one is told about and passed over.
struct InputRun {
  private(set) var skipped: [SkippedInput] = []
  private var progress: ProgressLine
  private var done = 0

  init(quiet: Bool) { progress = ProgressLine(quiet: quiet) }

  /// Throws if no input worked, with the only reason if there was one input only.
  mutating func each(
    _ paths: [String], _ body: (_ path: String, _ report: StepReport) throws -> Void
  ) throws {
    for (index, path) in paths.enumerated() {
      do {
        try Interruption.check()
        try step(path, index: index, of: paths.count, body)
        done += 1
      } catch let interrupted as Interrupted {
        progress.clear()
        throw interrupted
      } catch {
        progress.clear()
        if paths.count == 1 { throw error }
        skip(path, reason: "\(error)")
        StandardError.writeLine("pyratok: skipped: \(error)")
      }
    }
    if done == 0, !paths.isEmpty { throw CommandError.nothingWorked(count: paths.count) }
  }

  /// Passes over an input for a reason that is no fault.
  mutating func skip(_ path: String, reason: String) {
    skipped.append(SkippedInput(path: path, reason: reason))
  }

  private mutating func step(
    _ path: String, index: Int, of count: Int,
    _ body: (_ path: String, _ report: StepReport) throws -> Void
  ) throws {
    var line = progress
    let number = count > 1 ? "[\(index + 1)/\(count)] " : ""
    try body(path) { done, total in
      try Interruption.check()
      line.show("\(number)\(path) \(total > 0 ? done * 100 / total : 0) %")
    }
    line.clear()
    progress = line
  }
}
