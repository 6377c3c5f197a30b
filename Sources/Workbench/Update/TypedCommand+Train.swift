import TokenizerEngine

extension AppModel {
  mutating func perform(training command: TypedCommand, _ rest: String) -> [Effect] {
    switch command {
    case .watch: return watch(typed: rest)
    case .compare: return compare(typed: rest)
    case .start: return startRun(rest)
    case .pause: return ask("pause")
    case .resume: return resumeRun()
    case .stop: return ask("stop")
    case .checkpoint: return ask("checkpoint")
    case .lr: return setLearningRate(rest)
    case .weight: return setWeight(rest)
    case .smoothing:
      guard let value = Float(rest), (0...0.999).contains(value) else {
        return refuse("smoothing wants a number from 0 to 0.999, not “\(rest)”.")
      }
      train.charts.smoothing = value
    case .filter:
      train.charts.filter = rest
      train.charts.focus = 0
      if TrainChart.all(train).isEmpty {
        train.charts.filter = ""
        return refuse("No chart is called “\(rest)”.")
      }
    default: break
    }
    return []
  }

  private mutating func watch(typed path: String) -> [Effect] {
    guard !path.isEmpty else { return refuse("watch wants the folder of a run.") }
    view = .train
    return watchOnly(Self.withoutLastSlash(path))
  }

  private mutating func compare(typed given: String) -> [Effect] {
    let path = Self.withoutLastSlash(given)
    guard !path.isEmpty, train.watched != nil else {
      return refuse("compare wants the folder of a second run.")
    }
    guard !train.runs.contains(where: { $0.path == path }) else { return [] }
    guard train.runs.count < Self.mostRuns else {
      return refuse("\(Self.mostRuns) runs are as many as can be told apart.")
    }
    view = .train
    return [follow(train.runs.map(\.path) + [path])]
  }

  /// As many as there are colours.
  static let mostRuns = 6
}
