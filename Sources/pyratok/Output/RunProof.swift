import Foundation
import Tokenization
import TokenizerEngine
import Training

/// What `watch --self-test` tells: when the alerts of runs rise, and that they do not rise otherwise.
struct RunProof {
  private var faults: [RunSelfTest.FaultResult] = []
  private var healthy: (alarms: Int, logs: Int) = (0, 0)
  private var plans: [RunSelfTest.PlanResult] = []

  private static let logs = 500
  /// Logs of each fault.
  private static let faultyLogs = 100
  /// Most windows that an alert may take.
  private static let windows = 3

  /// - Parameter seeds: runs of each plan.
  init(seeds: Int, quiet: Bool) throws {
    var progress = ProgressLine(quiet: quiet)
    defer { progress.clear() }
    for fault in RunFault.allCases {
      try Interruption.check()
      progress.show(fault.rawValue)
      faults.append(RunSelfTest.failing(fault, seeds: 0..<UInt64(Self.faultyLogs)))
    }
    progress.show("healthy logs")
    healthy = (RunSelfTest.healthyAlarms(seeds: 0..<UInt64(Self.logs)), Self.logs)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("pyratok-watch-\(getpid())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for plan in RunSelfTest.plans {
      let path = try PlanLocation.find(plan.name)
      for seed in 0..<UInt64(seeds) {
        progress.show("\(plan.name), seed \(seed + 11)")
        plans.append(
          try RunSelfTest.train(
            plan, planPath: path, seed: seed + 11, folder: "\(folder)/\(plan.name)-\(seed)",
            shouldStop: { Interruption.isRequested }))
        try Interruption.check()
      }
    }
  }

  /// Every fault named within three windows, and nothing above info said of what is healthy.
  var holds: Bool {
    faults.allSatisfy { ($0.slowest ?? 100) <= Self.windows && $0.falseAlarms == 0 }
      && healthy.alarms == 0 && rows.allSatisfy(\.holds)
      && controls.allSatisfy(\.others.isEmpty)
  }

  // MARK: The plans

  private var controls: [RunSelfTest.PlanResult] { plans.filter(\.detections.isEmpty) }

  /// One alert of one plan, over its seeds.
  private struct Row {
    let plan: String
    let rule: Alert.Rule
    let found: [RunSelfTest.Detection]

    var late: Int? {
      found.contains { $0.windows == nil } ? nil : found.compactMap(\.windows).max()
    }
    var holds: Bool { (late ?? 100) <= RunProof.windows }

    static func range(_ steps: [Int?]) -> String {
      let known = steps.compactMap(\.self)
      guard let least = known.min(), let most = known.max() else { return "never" }
      let missing = known.count < steps.count ? ", \(steps.count - known.count) never" : ""
      return (least == most ? "\(least)" : "\(least)–\(most)") + missing
    }
  }

  private var rows: [Row] {
    RunSelfTest.plans.flatMap { plan in
      plan.rules.map { rule in
        Row(
          plan: plan.name, rule: rule,
          found: plans.filter { $0.plan == plan.name }
            .flatMap { $0.detections.filter { $0.rule == rule } })
      }
    }
  }

  /// What else was said of a plan, each with the number of runs.
  private func others(_ plan: String) -> String {
    let said = plans.filter { $0.plan == plan }.flatMap(\.others.keys)
    let names = Set(said).sorted().map { name in "\(name) \(said.count { $0 == name })" }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  // MARK: In words

  var text: String {
    var broken = TextTable([
      "fault in a log", "alert", "windows until named", "false alarms", "logs",
    ])
    for result in faults {
      broken.add([
        result.fault.rawValue, result.fault.rule.rawValue,
        result.slowest.map { "\($0)" } ?? "missed", "\(result.falseAlarms)", "\(result.trials)",
      ])
    }
    broken.add([
      "none (healthy)", "above info", "–", "\(healthy.alarms)", "\(healthy.logs)",
    ])
    guard !plans.isEmpty else { return broken.text }
    var table = TextTable([
      "plan", "alert", "statistic crosses at step", "alert stands at step", "windows later", "runs",
      "other alerts",
    ])
    for row in rows {
      table.add([
        row.plan, row.rule.rawValue, Row.range(row.found.map(\.crossing)),
        Row.range(row.found.map(\.step)), row.late.map { "\($0)" } ?? "missed",
        "\(row.found.count)", others(row.plan),
      ])
    }
    table.add([
      "healthy", "above info", "–", "–", "–", "\(controls.count)", others("healthy"),
    ])
    return broken.text + "\n\n" + table.text
  }

  var document: JSONObject {
    JSONObject {
      $0.set("holds", holds)
      $0.set(
        "faults",
        faults.map { result in
          JSONObject {
            $0.set("fault", result.fault.rawValue)
            $0.set("alert", result.fault.rule.rawValue)
            $0.set("windows", result.slowest)
            $0.set("false_alarms", result.falseAlarms)
            $0.set("logs", result.trials)
          }
        })
      $0.set("healthy_logs", healthy.logs)
      $0.set("healthy_alarms", healthy.alarms)
      $0.set("plans", plans.map { document($0) })
    }
  }

  private func document(_ result: RunSelfTest.PlanResult) -> JSONObject {
    JSONObject {
      $0.set("plan", result.plan)
      $0.set("seed", Int(result.seed))
      $0.set("steps", result.steps)
      $0.set("failure", result.failure)
      $0.set(
        "alerts",
        result.detections.map { detection in
          JSONObject {
            $0.set("alert", detection.rule.rawValue)
            $0.set("crossing", detection.crossing)
            $0.set("step", detection.step)
            $0.set("windows", detection.windows)
          }
        })
      $0.set(
        "others",
        JSONObject {
          for (name, step) in result.others.sorted(by: { $0.key < $1.key }) { $0.set(name, step) }
        })
    }
  }
}
