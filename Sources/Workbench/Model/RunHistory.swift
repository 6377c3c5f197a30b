import TokenizerEngine

/// Every number of a run over its steps.
package struct RunHistory: Equatable, Sendable {
  private var columns: [TrainMetric: MetricColumn] = [:]
  /// Which of another program's numbers a level's strip shows: the first that it could.
  private var levelNames: [TrainMetric: String] = [:]
  /// The names of the loss terms that were ever computed, sorted.
  package private(set) var terms: [String] = []
  /// The names of another program's numbers: those about codes, and the others.
  package private(set) var codeNames: [String] = []
  package private(set) var otherNames: [String] = []
  package private(set) var levels = 0
  package private(set) var firstStep = 0
  package private(set) var lastStep = 0
  package private(set) var stage = ""

  package subscript(metric: TrainMetric) -> MetricColumn? { columns[metric] }

  /// What the levels have numbers for.
  var levelMetrics: [TrainLevelMetric] {
    TrainLevelMetric.allCases.filter { metric in
      (0..<levels).contains { columns[.level($0 + 1, metric)] != nil }
    }
  }

  package var isEmpty: Bool { lastStep == 0 }

  mutating func add(_ steps: [RunStep]) {
    for step in steps { add(step) }
  }

  private mutating func add(_ step: RunStep) {
    let number = step.step
    if firstStep == 0 { firstStep = number }
    lastStep = number
    stage = step.stage
    levels = max(levels, step.levels.count, step.prediction?.count ?? 0)
    append(step.loss, .loss, number)
    append(step.learningRate, .learningRate, number)
    append(step.gradientNorm, .gradientNorm, number)
    append(step.framesPerSecond, .framesPerSecond, number)
    append(step.dataWaitSeconds, .dataWait, number)
    if let seconds = step.stepSeconds { append(seconds, .stepSeconds, number) }
    if let bytes = step.memoryBytes { append(Double(bytes), .memory, number) }
    for (name, term) in step.terms {
      if columns[.term(name)] == nil {
        terms.append(name)
        terms.sort()
      }
      append(term.value, .term(name), number)
      append(term.weight, .weight(name), number)
    }
    for (index, level) in step.levels.enumerated() {
      let bits = Double(max(1, level.bitEntropy.count))
      append(Double(level.used) / max(1, level.ceiling), .level(index + 1, .usage), number)
      append(level.bitEntropy.reduce(0, +) / bits, .level(index + 1, .bitEntropy), number)
      append(level.inReach, .level(index + 1, .inReach), number)
      append(level.residualRMS, .level(index + 1, .residual), number)
    }
    for (index, level) in (step.prediction ?? []).enumerated() {
      append(level.bitAccuracy, .level(index + 1, .bitAccuracy), number)
      append(level.majorityBitAccuracy, .level(index + 1, .majorityBitAccuracy), number)
      append(level.tokenAccuracy, .level(index + 1, .tokenAccuracy), number)
    }
    if let validation = step.validation {
      append(validation.loss, .validationLoss, number)
      if let psnr = validation.psnr { append(psnr, .validationPSNR, number) }
      if let gain = validation.textGain { append(gain, .textGain, number) }
    }
  }

  private mutating func append(_ value: Double, _ metric: TrainMetric, _ step: Int) {
    columns[metric, default: MetricColumn()].append(value, step: step)
  }

  mutating func extend(to steps: ClosedRange<Int>) {
    firstStep = columns.isEmpty ? steps.lowerBound : min(firstStep, steps.lowerBound)
    lastStep = max(lastStep, steps.upperBound)
  }

  /// A level's own numbers, beside the chart under their name.
  mutating func append(_ numbers: RunNumbers, level: Int, _ name: TrainLevelMetric) {
    let metric = TrainMetric.level(level, name)
    guard levelNames[metric, default: numbers.tag] == numbers.tag else { return }
    levelNames[metric] = numbers.tag
    levels = max(levels, level)
    for (step, value) in zip(numbers.steps, numbers.values) {
      append(value, metric, Int(step))
    }
  }

  mutating func append(_ numbers: RunNumbers, _ metric: TrainMetric, isOfCodes: Bool) {
    var column = columns.removeValue(forKey: metric) ?? MetricColumn()
    if case .named(let name) = metric, column.count == 0 {
      if isOfCodes { codeNames.append(name) } else { otherNames.append(name) }
    }
    for (step, value) in zip(numbers.steps, numbers.values) {
      column.append(value, step: Int(step))
    }
    columns[metric] = column
  }
}
