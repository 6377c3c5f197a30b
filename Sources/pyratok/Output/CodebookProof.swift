import Evaluation

/// What `codebook --self-test` tells: that the doctor's alerts mean something.
struct CodebookProof {
  private var healthy: [CodebookSelfTest.HealthyResult] = []
  private var failing: [CodebookSelfTest.FailureResult] = []

  /// - Parameter seeds: codebooks of each size; failures are injected a twentieth as often.
  init(seeds: Int, quiet: Bool) throws {
    var progress = ProgressLine(quiet: quiet)
    defer { progress.clear() }
    let streams = UInt64(max(3, seeds / 20))
    for failure in CodebookFailure.allCases {
      try Interruption.check()
      progress.show(failure.rawValue)
      failing.append(CodebookSelfTest.failing(failure, seeds: 0..<streams))
    }
    for bits in CodebookSelfTest.bits {
      for tokens in CodebookSelfTest.tokens {
        try Interruption.check()
        progress.show("healthy codebooks, \(bits) bits, \(tokens) tokens")
        healthy.append(
          CodebookSelfTest.healthy(bits: bits, tokens: tokens, seeds: 0..<UInt64(seeds)))
      }
    }
  }

  /// Every failure named within three windows, and nothing above info said of what is healthy.
  var holds: Bool {
    failing.allSatisfy { ($0.slowest ?? 100) <= 3 && $0.falseAlarms == 0 }
      && healthy.allSatisfy { $0.alarms == 0 }
  }

  var text: String {
    var failures = TextTable(["failure", "alert", "windows until named", "false alarms", "streams"])
    for result in failing {
      failures.add([
        result.failure.rawValue, result.failure.rule.rawValue,
        result.slowest.map { "\($0)" } ?? "missed", "\(result.falseAlarms)", "\(result.trials)",
      ])
    }
    var books = TextTable(["healthy random codebooks", "tokens", "with an alert above info", "of"])
    for result in healthy {
      books.add([
        "\(result.bits) bits", "\(result.tokens)", "\(result.alarms)", "\(result.codebooks)",
      ])
    }
    return failures.text + "\n\n" + books.text
  }

  var document: JSONObject {
    JSONObject {
      $0.set("holds", holds)
      $0.set(
        "failures",
        failing.map { result in
          JSONObject {
            $0.set("failure", result.failure.rawValue)
            $0.set("alert", result.failure.rule.rawValue)
            $0.set("windows", result.slowest)
            $0.set("false_alarms", result.falseAlarms)
            $0.set("streams", result.trials)
          }
        })
      $0.set(
        "healthy",
        healthy.map { result in
          JSONObject {
            $0.set("bits", result.bits)
            $0.set("tokens", result.tokens)
            $0.set("alarms", result.alarms)
            $0.set("codebooks", result.codebooks)
          }
        })
    }
  }
}
