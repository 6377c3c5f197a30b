import TokenizerEngine

/// One chart of the Train screen: what it shows and what counts as good.
struct TrainChart: Equatable {
  enum Aim: Equatable {
    case low
    case high
    case none
  }

  var title: String
  var metrics: [TrainMetric]
  var aim = Aim.none
  /// Lines are coloured by level.
  var isByLevel: Bool { metrics.count > 1 }

  /// The charts that there are numbers for, pinned ones first, filtered.
  static func all(_ train: TrainModel) -> [TrainChart] {
    guard let history = train.watched?.history else { return [] }
    let levels = Array((1...max(1, history.levels)).reversed())
    let loss = TrainChart(title: "loss", metrics: [.loss], aim: .low)
    let validation = [
      TrainChart(title: "validation PSNR (dB)", metrics: [.validationPSNR], aim: .high),
      TrainChart(title: "validation loss", metrics: [.validationLoss], aim: .low),
      TrainChart(title: "text gain (nats)", metrics: [.textGain], aim: .high),
    ]
    let terms = history.terms.map { TrainChart(title: $0, metrics: [.term($0)]) }
    let byLevel = history.levelMetrics.map { metric in
      TrainChart(title: metric.title, metrics: levels.map { .level($0, metric) })
    }
    let course = [
      TrainChart(title: "gradient norm", metrics: [.gradientNorm]),
      TrainChart(title: "learning rate", metrics: [.learningRate]),
    ]
    let machine = [
      TrainChart(title: "frames per second", metrics: [.framesPerSecond], aim: .high),
      TrainChart(title: "data wait (s)", metrics: [.dataWait], aim: .low),
      TrainChart(title: "step (s)", metrics: [.stepSeconds], aim: .low),
      TrainChart(title: "memory (bytes)", metrics: [.memory]),
    ]
    let codes = history.codeNames.map {
      TrainChart(title: $0, metrics: [.named($0)], aim: .high)
    }
    let others = history.otherNames.map { TrainChart(title: $0, metrics: [.named($0)]) }
    let known =
      ([loss] + validation + codes + byLevel.prefix(1) + course + terms + byLevel.dropFirst()
      + machine + others)
      .filter { chart in chart.metrics.contains { history[$0] != nil } }
    let words = train.charts.filter.lowercased().split(separator: " ")
    let fitting = known.filter { chart in words.allSatisfy { chart.title.lowercased().contains($0) }
    }
    let pinned = train.charts.pins.compactMap { pin in fitting.first { $0.title == pin } }
    return pinned + fitting.filter { !train.charts.pins.contains($0.title) }
  }
}
