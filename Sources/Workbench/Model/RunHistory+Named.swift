import TokenizerEngine

extension RunHistory {
  /// Takes in the numbers of another program: those that ours have too stand in their places.
  mutating func add(_ series: [RunNumbers]) {
    for numbers in series {
      guard let first = numbers.steps.first, let last = numbers.steps.last else { continue }
      extend(to: Int(first)...Int(last))
      append(numbers, Self.metric(of: numbers), isOfCodes: Self.isOfCodes(numbers))
      if case .codebook(let number, let level?) = numbers.role, (1...16).contains(level) {
        append(numbers, level: level, Self.metric(of: number))
      }
    }
  }

  /// What a level's strip is called.
  private static func metric(of number: RunNumberRole.CodebookNumber) -> TrainLevelMetric {
    switch number {
    case .usage: .loggedUsage
    case .active: .activeCodes
    case .perplexity: .perplexity
    case .entropy: .entropy
    }
  }

  private static func metric(of numbers: RunNumbers) -> TrainMetric {
    switch numbers.role {
    case .loss: .loss
    case .validationLoss: .validationLoss
    case .learningRate: .learningRate
    case .gradientNorm: .gradientNorm
    case .psnr: .validationPSNR
    case .codebook, .other: .named(numbers.tag)
    }
  }

  private static func isOfCodes(_ numbers: RunNumbers) -> Bool {
    if case .codebook = numbers.role { true } else { false }
  }
}
