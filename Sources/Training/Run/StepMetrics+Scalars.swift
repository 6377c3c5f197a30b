extension StepMetrics {
  /// Every number with its name in the JSON, parts joined by slashes; levels by their number.
  var scalars: [(tag: String, value: Double)] {
    var scalars: [(tag: String, value: Double)] = [
      ("loss", loss), ("learning_rate", learningRate), ("gradient_norm", gradientNorm),
      ("data_wait_seconds", dataWaitSeconds), ("frames_per_second", framesPerSecond),
    ]
    if let stepSeconds { scalars.append(("step_seconds", stepSeconds)) }
    if let memoryBytes { scalars.append(("memory_bytes", Double(memoryBytes))) }
    for (name, term) in terms.sorted(by: { $0.key < $1.key }) {
      scalars.append(("terms/\(name)/value", term.value))
      scalars.append(("terms/\(name)/weight", term.weight))
    }
    for (index, level) in levels.enumerated() {
      scalars += level.scalars.map { ("levels/\(index + 1)/\($0.tag)", $0.value) }
    }
    for (index, level) in (prediction ?? []).enumerated() {
      scalars += level.scalars.map { ("prediction/\(index + 1)/\($0.tag)", $0.value) }
    }
    if let validation {
      scalars.append(("validation/loss", validation.loss))
      if let psnr = validation.psnr { scalars.append(("validation/psnr", psnr)) }
      if let gain = validation.textGain { scalars.append(("validation/text_gain", gain)) }
      for (index, level) in (validation.prediction ?? []).enumerated() {
        scalars += level.scalars.map { ("validation/prediction/\(index + 1)/\($0.tag)", $0.value) }
      }
      for (index, usage) in validation.usage.enumerated() {
        scalars.append(("validation/usage/\(index + 1)", usage))
      }
      for (index, share) in (validation.flips ?? []).enumerated() {
        scalars.append(("validation/flips/\(index + 1)", share))
      }
    }
    return scalars
  }
}

extension LevelStatistics {
  fileprivate var scalars: [(tag: String, value: Double)] {
    var scalars: [(tag: String, value: Double)] = [
      ("used", Double(used)), ("ceiling", ceiling), ("in_reach", inReach),
      ("residual_rms", residualRMS),
    ]
    let optional = [
      ("tokens", tokens.map(Double.init)), ("perplexity", perplexity),
      ("code_gradient", codeGradient), ("entropy_gradient", entropyGradient),
      ("code_gradient_median", codeGradientMedian),
      ("entropy_gradient_median", entropyGradientMedian),
    ]
    for case (let name, let value?) in optional { scalars.append((name, value)) }
    for (bit, entropy) in bitEntropy.enumerated() {
      scalars.append(("bit_entropy/\(bit)", entropy))
    }
    for (bit, share) in (ones ?? []).enumerated() { scalars.append(("ones/\(bit)", share)) }
    return scalars
  }
}
