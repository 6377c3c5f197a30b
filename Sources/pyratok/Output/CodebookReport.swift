import Evaluation
import Tokenization
import TokenizerEngine

/// What `codebook` tells: of all inputs together, or of the last of a row of windows.
struct CodebookReport {
  let diagnosis: CodebookDiagnosis
  /// The gravest first.
  let alerts: [Alert]
  /// Nil where everything was counted together.
  private let watch: CodebookWatch?
  var notices: [(path: String, text: String)] = []

  init(_ scan: CodebookScan, seed: UInt64, thresholds: AlertThresholds) {
    guard scan.windows.isEmpty else {
      var watch = CodebookWatch(thresholds: thresholds)
      for window in scan.windows { watch.add(window.diagnosis(seed: seed, thresholds: thresholds)) }
      self.init(watch)
      return
    }
    self.init(
      scan.usage?.diagnosis(seed: seed, thresholds: thresholds) ?? CodebookDiagnosis(levels: []))
  }

  init(_ diagnosis: CodebookDiagnosis) {
    self.diagnosis = diagnosis
    alerts = diagnosis.alerts
    watch = nil
  }

  init(_ watch: CodebookWatch) {
    diagnosis = watch.last ?? CodebookDiagnosis(levels: [])
    alerts = watch.alerts
    self.watch = watch
  }

  var text: String {
    CodebookTable.text(
      of: diagnosis, alerts: alerts,
      turns: watch.map { CodebookTable.lines($0.turns, of: $0.windows) } ?? [])
  }

  func document(skipped: [SkippedInput]) -> JSONObject {
    JSONObject {
      $0.set(
        "levels", diagnosis.levels.map { JSONObject($0, thresholds: diagnosis.thresholds) })
      $0.set("alerts", alerts.map { JSONObject($0) })
      if let watch {
        $0.set("windows", watch.windows)
        $0.set("turns", watch.turns.map { JSONObject($0) })
      }
      $0.set("leak", diagnosis.leak?.largest)
      $0.set(
        "estimators",
        JSONObject {
          for estimator in CodebookTable.estimators { $0.set(estimator.field, estimator.text) }
        })
      $0.set(
        "notices",
        notices.map { notice in
          JSONObject {
            $0.set("path", notice.path)
            $0.set("text", notice.text)
          }
        })
      $0.set("skipped", skipped.map(\.json))
    }
  }
}
