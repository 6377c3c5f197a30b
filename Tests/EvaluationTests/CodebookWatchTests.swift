import Foundation
import Tensors
import Testing
import Tokenization

@testable import Evaluation

private let runsEverything = ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil

struct CodebookWatchTests {
  private func window(_ share: Double, seed: UInt64 = 1) -> CodebookDiagnosis {
    var random = RandomSource(seed: seed)
    var usage = CodebookUsage(bits: 8)
    for _ in 0..<4000 {
      let rest = UInt32(random.integer(below: 128))
      usage.add(CollectionOfOne((random.uniform() < share ? 128 : 0) + rest), level: 1)
    }
    return usage.diagnosis()
  }

  @Test func anAlertRisesAfterWindowsInARowAndFallsOnlyWhenClearlyBetter() {
    var watch = CodebookWatch()
    for share in [0.5, 0.001, 0.001, 0.5, 0.001, 0.001] { watch.add(window(share)) }
    #expect(watch.alerts.isEmpty)
    watch.add(window(0.001))
    #expect(watch.alerts.map(\.rule) == [.deadBit])
    // Just above the threshold: neither dead nor clearly alive.
    watch.add(window(0.0215))
    #expect(watch.alerts.map(\.rule) == [.deadBit])
    watch.add(window(0.1))
    #expect(watch.alerts.isEmpty)
    #expect(
      watch.turns == [
        .init(rule: .deadBit, level: 1, window: 7, isRise: true),
        .init(rule: .deadBit, level: 1, window: 9, isRise: false),
      ])
  }

  @Test func thresholdsDecide() {
    var thresholds = AlertThresholds()
    thresholds.deadShare = 0.0005
    thresholds.deadWindows = 1
    var watch = CodebookWatch(thresholds: thresholds)
    watch.add(window(0.01))
    #expect(watch.alerts.isEmpty)
    watch.add(window(0))
    #expect(watch.alerts.map(\.rule) == [.deadBit])
  }

  @Test func lowUsageIsACollapseOnlyWhereItFell() {
    func window(codes: Int) -> CodebookDiagnosis {
      var usage = CodebookUsage(codes: 1000)
      usage.add((0..<2000).map { UInt32($0 % codes) }, level: 1)
      return usage.diagnosis()
    }
    var steady = CodebookWatch()
    for _ in 0..<6 { steady.add(window(codes: 200)) }
    #expect(steady.alerts.isEmpty)
    var falling = CodebookWatch()
    for codes in [800, 800, 200, 200] { falling.add(window(codes: codes)) }
    #expect(falling.alerts.map(\.rule) == [.collapse])
  }

  @Test(arguments: CodebookFailure.allCases)
  func aFailureIsNamedWithinThreeWindows(_ failure: CodebookFailure) {
    let result = CodebookSelfTest.failing(failure, seeds: 0..<(runsEverything ? 50 : 3))
    print(
      "\(failure.rawValue): \(failure.rule.rawValue) after at most "
        + "\(result.slowest.map(String.init) ?? "–") windows, "
        + "\(result.falseAlarms) false alarms in \(result.trials) streams")
    #expect((result.slowest ?? 100) <= 3)
    #expect(result.falseAlarms == 0)
  }

  @Test(arguments: CodebookSelfTest.bits)
  func healthyRandomCodebooksRaiseNothingAboveInfo(bits: Int) {
    let seeds: UInt64 = runsEverything ? 1000 : 40
    for tokens in CodebookSelfTest.tokens {
      let result = CodebookSelfTest.healthy(bits: bits, tokens: tokens, seeds: 0..<seeds)
      print(
        "\(bits) bits, \(tokens) tokens: \(result.alarms) of \(result.codebooks) healthy codebooks "
          + "with an alert above info")
      #expect(result.alarms == 0)
    }
  }
}
