extension Variable {
  /// Each row of the last axis with mean 0 and variance 1: (x − mean) · rsqrt(var + ε) · gain + bias
  /// (Ba and others, 2016); `gain` and `bias` are [C].
  package func layerNormalized(gain: Variable, bias: Variable, epsilon: Float) -> Variable {
    let channels = shape.last ?? 1
    precondition(
      gain.value.count == channels && bias.value.count == channels,
      "A gain \(gain.shape) and bias \(bias.shape) do not fit the last axis of \(shape).")
    let (normal, inverse) = value.standardizedRows(channels, epsilon: epsilon)
    let scale = gain.value
    let result = normal.timesRow(scale, plus: bias.value)
    let (toInput, toGain, toBias) = (node, gain.node, bias.node)
    return Variable(result, from: [toInput, toGain, toBias]) { gradient in
      toBias?.add(gradient.columnSums(channels).reshaped(scale.shape))
      toGain?.add(
        gradient.combined(normal) { $0 * $1 }.columnSums(channels).reshaped(scale.shape))
      toInput?.add(gradient.throughStandardizing(normal, inverse: inverse, gain: scale))
    }
  }
}

extension Tensor {
  /// The rows with mean 0 and variance 1, and 1 / deviation of each.
  fileprivate func standardizedRows(_ channels: Int, epsilon: Float) -> (Tensor, Tensor) {
    let rows = count / max(channels, 1)
    let result = Tensor(uninitialized: shape)
    let inverse = Tensor(uninitialized: [rows])
    let (input, output, scales) = (storage.base, result.storage.base, inverse.storage.base)
    parallelRanges(rows, grain: max(1, elementGrain / max(channels, 1))) { range in
      for row in range {
        let (x, y) = (input + row * channels, output + row * channels)
        let mean = sumOfRange(x, 0..<channels) / Float(channels)
        for channel in 0..<channels {
          let difference = x[channel] - mean
          y[channel] = difference * difference
        }
        let variance = sumOfRange(y, 0..<channels) / Float(channels)
        let scale = 1 / (variance + epsilon).squareRoot()
        for channel in 0..<channels { y[channel] = (x[channel] - mean) * scale }
        scales[row] = scale
      }
    }
    return (result, inverse)
  }

  fileprivate func timesRow(_ gain: Tensor, plus bias: Tensor) -> Tensor {
    let channels = gain.count
    let result = Tensor(uninitialized: shape)
    let (input, output) = (storage.base, result.storage.base)
    let (scale, addend) = (gain.storage.base, bias.storage.base)
    parallelRanges(
      count / max(channels, 1), grain: max(1, elementGrain / max(channels, 1))
    ) { range in
      for row in range {
        let (x, y) = (input + row * channels, output + row * channels)
        for channel in 0..<channels { y[channel] = x[channel] * scale[channel] + addend[channel] }
      }
    }
    return result
  }

  /// With n the standardized rows and g the gradient times the gain:
  /// dx = (g − mean g − n · mean(g · n)) / deviation.
  fileprivate func throughStandardizing(
    _ normal: Tensor, inverse: Tensor, gain: Tensor
  ) -> Tensor {
    let channels = gain.count
    let result = Tensor(uninitialized: shape)
    let (gradients, normals, output) = (storage.base, normal.storage.base, result.storage.base)
    let (scale, inverses) = (gain.storage.base, inverse.storage.base)
    parallelRanges(inverse.count, grain: max(1, elementGrain / max(channels, 1))) { range in
      for row in range {
        let start = row * channels
        let (g, n, dx) = (gradients + start, normals + start, output + start)
        var (sum, product): (Float, Float) = (0, 0)
        for channel in 0..<channels {
          let scaled = g[channel] * scale[channel]
          sum += scaled
          product += scaled * n[channel]
        }
        sum /= Float(channels)
        product /= Float(channels)
        for channel in 0..<channels {
          let scaled = g[channel] * scale[channel]
          dx[channel] = (scaled - sum - n[channel] * product) * inverses[row]
        }
      }
    }
    return result
  }
}
