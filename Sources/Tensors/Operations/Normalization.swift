import CKernels

/// What follows a normalisation in the same pass over memory.
package enum FusedActivation: Sendable {
  case none
  case silu
}

extension Variable {
  /// Each row of the last axis divided by its root mean square: x · rsqrt(mean x² + ε) · gain.
  ///
  /// `gain` is [C] or left out; the activation follows in the same pass.
  package func rmsNormalized(
    gain: Variable? = nil, epsilon: Float = 1e-6, activation: FusedActivation = .none
  ) -> Variable {
    let channels = shape.last ?? 1
    precondition(
      gain.map { $0.value.count == channels } ?? true,
      "A gain \(gain?.shape ?? []) does not fit the last axis of \(shape).")
    let x = value
    let scale = gain?.value
    let rows = x.count / max(channels, 1)
    let result = Tensor(uninitialized: shape)
    let inverse = Tensor(uninitialized: [rows])
    let silu: Int32 = activation == .silu ? 1 : 0
    let (input, output, r) = (x.storage.base, result.storage.base, inverse.storage.base)
    let gains = scale?.storage.base
    parallelRanges(rows, grain: max(1, elementGrain / 4 / channels)) { range in
      let start = range.lowerBound
      pt_rms_forward(
        input + start * channels, gains, output + start * channels, r + start, range.count,
        channels, epsilon, silu)
    }
    let (toInput, toGain) = (node, gain?.node)
    return Variable(result, from: [toInput, toGain]) { gradient in
      let (dx, dgain) = x.rmsGradients(
        gain: scale, inverse: inverse, gradient: gradient, into: toInput?.takeGradient(),
        wantsGain: toGain != nil, silu: silu)
      toInput?.add(dx)
      if let dgain { toGain?.add(dgain) }
    }
  }
}

extension Tensor {
  /// dx, added to `sum` where there is one, and the gradient of the gain.
  fileprivate func rmsGradients(
    gain: Tensor?, inverse: Tensor, gradient: Tensor, into sum: consuming Tensor?,
    wantsGain: Bool, silu: Int32
  ) -> (dx: Tensor, dgain: Tensor?) {
    let channels = shape.last ?? 1
    let rows = inverse.count
    let accumulates = sum != nil
    var dx = sum ?? Tensor(uninitialized: shape)
    let grain = max(1, elementGrain / 4 / channels)
    let parts = rangeCount(rows, grain: grain)
    // Rows of their own per thread, a cache line apart.
    let width = (channels + 15) / 16 * 16
    let partial = Tensor(zeros: [parts, 2, width])
    let (x, g, r) = (storage.base, gradient.storage.base, inverse.storage.base)
    let (gains, sums) = (gain?.storage.base, partial.storage.base)
    dx.withUnsafeMutableBuffer { buffer in
      guard let target = buffer.baseAddress else { return }
      parallelFor(parts) { part in
        let range = rows * part / parts..<rows * (part + 1) / parts
        let start = range.lowerBound
        let own = sums + part * 2 * width
        pt_rms_backward(
          x + start * channels, gains, r + start, g + start * channels,
          target + start * channels, wantsGain ? own : nil, own + width, range.count, channels,
          silu, accumulates ? 1 : 0)
      }
    }
    guard wantsGain, let gain else { return (dx, nil) }
    let dgain = Tensor(zeros: gain.shape)
    for part in 0..<parts {
      for channel in 0..<channels {
        dgain.storage.base[channel] += sums[part * 2 * width + channel]
      }
    }
    withExtendedLifetime(partial) {}
    return (dx, dgain)
  }
}
