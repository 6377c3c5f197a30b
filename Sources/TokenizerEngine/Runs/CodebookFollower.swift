import Evaluation
import Tokenization
import Training

/// The `codebook.jsonl` of a run's folder, which a tokenizer of any program may write: diagnosed window
/// by window as it grows.
package struct CodebookFollower {
  private var file: GrowingLines
  private var lines: CodebookLines
  private let thresholds: AlertThresholds
  /// Whether the rest of a line that is too long is being passed over.
  private var isPassing = false

  /// The file may not be there yet.
  package init(folder: String, thresholds: AlertThresholds = AlertThresholds()) {
    file = GrowingLines(path: folder + "/codebook.jsonl")
    self.thresholds = thresholds
    lines = CodebookLines(thresholds: thresholds)
  }

  /// Reads what is new and says whether anything was.
  package mutating func poll(limit: Int = .max) -> Bool {
    let growth = file.read(limit: limit)
    if growth.isRestarted {
      lines = CodebookLines(thresholds: thresholds)
      isPassing = false
    }
    for line in growth.lines {
      if isPassing {
        isPassing = false
      } else {
        lines.add(line)
      }
    }
    if file.unfinished.count > CodebookLines.longestLine {
      file.dropUnfinished()
      isPassing = true
    }
    return growth.hasBytes || growth.isRestarted
  }

  package var windows: Int { lines.watch.windows }
  package var notice: String? { lines.notice.map { "codebook.jsonl: \($0)" } }

  /// The gravest first; those of numbers in the same file that say the same come from here.
  package func alerts(with others: [Alert]) -> [Alert] {
    let own = lines.watch.alerts
    let rest = others.filter { other in
      !own.contains { $0.rule == other.rule && $0.level == other.level }
    }
    return Alert.byGravity(own + rest)
  }
}
