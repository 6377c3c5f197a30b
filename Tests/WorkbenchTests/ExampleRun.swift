import Foundation
import TokenizerEngine

@testable import Training
@testable import Workbench

/// A Train screen in known states, made of the events that a follower would post.
enum ExampleRun {
  static let path = "runs/example"

  /// A loss that falls in a saw-tooth; level 4 uses ever fewer codes.
  static func step(_ number: Int, loss: Double? = nil) -> RunStep {
    let share = Double(number) / 120
    let noise = Double((number * 37) % 11) / 11
    let fall = 1 / (1 + 4 * share)
    let levels = (1...4).map { level in
      LevelStatistics(
        used: Int(300 * (level == 4 ? fall : 1) + noise * 20), ceiling: 320 + Double(level),
        share: 0.9 - 0.15 * Double(level) * share)
    }
    return RunStep(
      step: number, time: 1_000 + Double(number), stage: "first",
      loss: loss ?? (0.2 + fall * (1 + 0.3 * noise)),
      terms: [
        "l1": .init(value: 0.3 * fall, weight: 1),
        "entropy": .init(value: -5 + share, weight: 0.02),
        "commitment": .init(value: 0.4, weight: 0.05),
      ], learningRate: 0.003 * min(1, Double(number) / 20), gradientNorm: 1 + noise,
      dataWaitSeconds: 0.002, framesPerSecond: 180 + 20 * noise, stepSeconds: 0.4,
      memoryBytes: 310_000_000, levels: levels,
      validation: number.isMultiple(of: 20)
        ? ValidationResult(loss: 1 - share / 2, psnr: 18 + 4 * share, usage: [1, 1, 1, 1]) : nil)
  }

  /// A prior's: its bit accuracy rises to 0.9 at step 40.
  static func priorStep(_ number: Int) -> RunStep {
    var step = step(number)
    step.levels = []
    let prediction = (1...4).map { _ in
      PredictionStatistics(
        bits: 1_000, bitAccuracy: 0.5 + 0.01 * Double(number), majorityBitAccuracy: 0.55,
        tokenAccuracy: 0.2, loss: 3)
    }
    step.prediction = prediction
    step.validation =
      number.isMultiple(of: 20)
      ? ValidationResult(loss: 2, usage: [], prediction: prediction, textGain: 0.1) : nil
    return step
  }

  static func status(_ state: RunPhase = .running, step: Int = 60) -> RunStatus {
    var status = RunStatus()
    status.state = state
    status.steps = 120
    status.secondsLeft = state == .running ? 24 : nil
    status.stages = [.init(name: "first", end: 80), .init(name: "second", end: 120)]
    status.host = "machine"
    status.processID = 4_242
    status.alerts = [
      CodebookAlert(
        rule: .collapse, severity: .warning, level: 4,
        text: "24 % of the codes in reach are used, at best it was 71 %",
        remedy: "lower the learning rate, or raise the entropy weight"),
      CodebookAlert(
        rule: .undersampled, severity: .info, level: nil,
        text: "a step shows at most 320 tokens of 65536 codes",
        remedy: "compare usage with its ceiling, not with the codebook"),
    ]
    status.journal = [
      .init(
        id: "1", command: "weight:entropy", value: 0.02, answer: .init(step: 12, applied: true)),
      .init(id: "2", command: "learning_rate", value: 3e-4),
    ]
    return status
  }

  static func bands(_ step: Int) -> [RunBands] {
    (1...4).map { level in
      let width = 1 + Double(step) / 120
      return RunBands(
        step: step, level: level,
        values: [-3, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 3].map { $0 * width })
    }
  }

  static func preview(_ step: Int) -> RunPreview {
    RunPreview(step: step, clip: 1, picture: ExampleModel.frame(step, width: 64, height: 32))
  }

  static func steps(_ range: ClosedRange<Int>, of path: String = path) -> Message {
    .run(.steps(range.map { step($0) }, run: path, isRestarted: false))
  }

  /// Sixty steps of a run of 120 are done.
  static func watched(_ size: Size, panel: TrainPanel = .charts) -> AppModel {
    var model = AppModel(size: size)
    model.look.themes = ["dark", "light"]
    _ = model.watch(path)
    _ = model.update(steps(1...60))
    _ = model.update(.run(.status(status(), run: path)))
    let marked = [1, 20, 40, 60]
    _ = model.update(.run(.bands(marked.flatMap(bands), run: path, isRestarted: false)))
    _ = model.update(
      .run(.previews(marked.map(preview), run: path, isRestarted: false)))
    let entries = [
      RunEntry(path: path, state: .running, step: 60, loss: 0.61, time: 2_000),
      RunEntry(path: "runs/other", state: .crashed, step: 31, loss: 0.8, time: 1_000),
    ]
    _ = model.update(.run(.listed(entries, plans: ["overfit", "quantizer-off", "tiny"])))
    model.train.panel = panel
    return model
  }
}

extension LevelStatistics {
  fileprivate init(used: Int, ceiling: Double, share: Double) {
    let text = """
      {"used": \(used), "ceiling": \(ceiling), "bit_entropy": [\(share), \(share)], \
      "in_reach": \(share / 2), "residual_rms": \(1 - share / 2)}
      """
    guard let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
      preconditionFailure("The numbers of a level have other names.")
    }
    self = value
  }
}
