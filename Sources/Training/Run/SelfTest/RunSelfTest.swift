import Foundation
import Tensors
import Tokenization

/// Proof of the alerts of runs: logs that go wrong at a known step, and plans that are made to fail.
package enum RunSelfTest {
  /// How a fault was found.
  package struct FaultResult: Sendable, Equatable {
    package let fault: RunFault
    package internal(set) var trials = 0
    /// Evaluation windows with the fault from their first step on when its alert rose, at least 1;
    /// nil if it never rose.
    package internal(set) var windows: [Int?] = []
    /// Runs with an alert above info before the fault, or one that is not true of it.
    package internal(set) var falseAlarms = 0

    /// The slowest; nil if one was missed.
    package var slowest: Int? {
      windows.contains(nil) ? nil : windows.compactMap(\.self).max()
    }
  }

  /// Steps of a synthetic run without a fault, and how many come behind one.
  private static let healthySteps = 150
  private static let failingSteps = 60

  /// Logs with a fault from a step that differs from seed to seed.
  package static func failing(_ fault: RunFault, seeds: Range<UInt64>) -> FaultResult {
    var result = FaultResult(fault: fault)
    let size = AlertThresholds().windowSteps
    for seed in seeds {
      let start = healthySteps + Int(seed % UInt64(size)) + 1
      var run = SyntheticRun(fault, from: start, seed: seed)
      var rules = RunAlerts(bits: SyntheticRun.bits)
      var found: Int?
      var isFalse = false
      for step in 1..<start + failingSteps {
        rules.add(run.metrics(step: step))
        let rose = Set(rules.alerts.filter { $0.severity > .info }.map(\.rule))
        if step >= start, rose.contains(fault.rule), found == nil { found = step }
        let allowed = step < start ? [] : fault.alsoTrue.union([fault.rule])
        if !rose.isSubset(of: allowed) { isFalse = true }
      }
      result.trials += 1
      let whole = (start - 1 + size - 1) / size * size
      result.windows.append(found.map { max(1, ($0 - whole + size - 1) / size) })
      if isFalse { result.falseAlarms += 1 }
    }
    return result
  }

  /// How many healthy logs of so many have an alert above info at any step.
  package static func healthyAlarms(seeds: Range<UInt64>) -> Int {
    seeds.count { seed in
      var run = SyntheticRun(nil, from: 0, seed: seed)
      var rules = RunAlerts(bits: SyntheticRun.bits)
      return (1...2 * healthySteps).contains { step in
        rules.add(run.metrics(step: step))
        return rules.alerts.contains { $0.severity > .info }
      }
    }
  }

  // MARK: Plans

  /// A plan that breaks on purpose, and what must be said of it.
  package struct FailingPlan: Sendable, Equatable {
    package let name: String
    package let rules: [Alert.Rule]
  }

  package static let plans = [
    FailingPlan(name: "healthy", rules: []),
    FailingPlan(name: "collapse-entropy-off", rules: [.collapse, .deadBit]),
    FailingPlan(name: "collapse-slope-100", rules: [.saturated, .inert]),
    FailingPlan(name: "collapse-learning-rate", rules: [.collapse]),
    FailingPlan(name: "collapse-no-straight-through", rules: [.noStraightThrough]),
  ]

  /// When an alert stood in one run, and when its statistic had crossed the threshold.
  package struct Detection: Sendable, Equatable {
    package let rule: Alert.Rule
    /// The step at which the alert stood; nil if it never did.
    package let step: Int?
    /// The step at whose window's end the statistic, computed from the whole log, was first beyond
    /// its threshold; nil if it never was.
    package let crossing: Int?
    /// Evaluation windows between the two.
    package let windows: Int?
  }

  package struct PlanResult: Sendable, Equatable {
    package let plan: String
    package let seed: UInt64
    package let steps: Int
    package let detections: [Detection]
    /// Alerts above info beside the expected ones, each with the step at which it rose first.
    package let others: [String: Int]
    /// What ended it before its last step.
    package let failure: String?
  }

  /// Trains a plan and judges its log.
  ///
  /// - Parameter folder: the run's; it must not be there yet.
  package static func train(
    _ failing: FailingPlan, planPath: String, seed: UInt64, folder: String,
    shouldStop: () -> Bool
  ) throws -> PlanResult {
    var plan = try TrainingPlan(path: planPath)
    plan.seed = seed
    var failure: String?
    do {
      _ = try Trainer(plan: plan, planPath: planPath, run: folder, resume: false)
        .run(shouldStop: shouldStop)
    } catch let error as TrainingError {
      guard case .notFinite = error else { throw error }
      failure = "\(error)"
    }
    var reader = try RunReader(path: folder)
    while reader.poll(views: false) {}
    return judge(reader.metrics, failing, plan: plan, failure: failure)
  }

  static func judge(
    _ log: [StepMetrics], _ failing: FailingPlan, plan: TrainingPlan, failure: String? = nil
  ) -> PlanResult {
    var rules = RunAlerts(plan: plan, thresholds: AlertThresholds())
    var rises: [Alert.Rule: Int] = [:]
    for metrics in log {
      rules.add(metrics)
      for alert in rules.alerts where alert.severity > .info && rises[alert.rule] == nil {
        rises[alert.rule] = metrics.step
      }
    }
    let detections = failing.rules.map { rule in
      let crossing = OfflineStatistic(rule).crossing(in: log)
      let step = rises[rule]
      return Detection(
        rule: rule, step: step, crossing: crossing?.step,
        windows: step.flatMap { step in
          crossing.map { max(0, step - $0.step + $0.window - 1) / $0.window }
        })
    }
    let others = rises.filter { !failing.rules.contains($0.key) }
    return PlanResult(
      plan: failing.name, seed: plan.seed, steps: log.count, detections: detections,
      others: Dictionary(uniqueKeysWithValues: others.map { ($0.key.rawValue, $0.value) }),
      failure: failure)
  }
}
