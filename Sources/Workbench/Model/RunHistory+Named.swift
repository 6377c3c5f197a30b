import TokenizerEngine

extension RunHistory {
  /// Takes in the numbers of another program: those that ours have too stand in their places.
  mutating func add(_ series: [RunNumbers]) {
    for numbers in series {
      guard let first = numbers.steps.first, let last = numbers.steps.last else { continue }
      extend(to: Int(first)...Int(last))
      append(numbers, Self.metric(of: numbers), isOfCodes: Self.isOfCodes(numbers))
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
