extension Variable {
  package static func + (left: Variable, right: Variable) -> Variable {
    let (toLeft, toRight) = (left.node, right.node)
    return Variable(left.value.combined(right.value) { $0 + $1 }, from: [toLeft, toRight]) {
      gradient in
      toLeft?.add(gradient)
      toRight?.add(gradient)
    }
  }

  package static func - (left: Variable, right: Variable) -> Variable {
    let (toLeft, toRight) = (left.node, right.node)
    return Variable(left.value.combined(right.value) { $0 - $1 }, from: [toLeft, toRight]) {
      gradient in
      toLeft?.add(gradient)
      toRight?.add((consume gradient).mapped { -$0 })
    }
  }

  package static prefix func - (operand: Variable) -> Variable {
    operand.scaled(by: -1)
  }

  /// Element by element.
  package static func * (left: Variable, right: Variable) -> Variable {
    let (toLeft, toRight) = (left.node, right.node)
    let (x, y) = (left.value, right.value)
    return Variable(x.combined(y) { $0 * $1 }, from: [toLeft, toRight]) { gradient in
      toLeft?.add(gradient.combined(y) { $0 * $1 })
      toRight?.add(gradient.combined(x) { $0 * $1 })
    }
  }

  /// Element by element.
  package static func / (left: Variable, right: Variable) -> Variable {
    let (toLeft, toRight) = (left.node, right.node)
    let divisor = right.value
    let quotient = left.value.combined(divisor) { $0 / $1 }
    return Variable(quotient, from: [toLeft, toRight]) { gradient in
      let scaled = (consume gradient).combined(divisor) { $0 / $1 }
      toLeft?.add(scaled)
      toRight?.add(scaled.combined(quotient) { -$0 * $1 })
    }
  }

  package func scaled(by factor: Float) -> Variable {
    let toInput = node
    return Variable(value.mapped { $0 * factor }, from: [toInput]) { gradient in
      toInput?.add((consume gradient).mapped { $0 * factor })
    }
  }

  /// Times a learned number: `factor` has one element.
  package func scaled(by factor: Variable) -> Variable {
    let (toInput, toFactor) = (node, factor.node)
    let (x, scale) = (value, factor.value.scalar)
    let factorShape = factor.shape
    return Variable(x.mapped { $0 * scale }, from: [toInput, toFactor]) { gradient in
      toFactor?.add(
        Tensor(repeating: gradient.combined(x) { $0 * $1 }.sum(), shape: factorShape))
      toInput?.add((consume gradient).mapped { $0 * scale })
    }
  }

  /// Each clip of [N, …] times its own fixed number: `factors` has N.
  package func scaled(perClip factors: [Float]) -> Variable {
    precondition(
      factors.count == shape.first, "\(factors.count) factors do not fit the clips of \(shape).")
    let toInput = node
    return Variable(value.scaled(perClip: factors), from: [toInput]) { gradient in
      toInput?.add(gradient.scaled(perClip: factors))
    }
  }

  package func plus(_ number: Float) -> Variable {
    let toInput = node
    return Variable(value.mapped { $0 + number }, from: [toInput]) { toInput?.add($0) }
  }

  /// Adds `bias` [C] to each row of the last axis.
  package func adding(bias: Variable) -> Variable {
    let channels = bias.value.count
    precondition(
      shape.last == channels, "A bias \(bias.shape) does not fit the last axis of \(shape).")
    let (toInput, toBias) = (node, bias.node)
    let result = Tensor(uninitialized: shape)
    let rows = value.count / max(channels, 1)
    let (input, addend, output) = (
      value.storage.base, bias.value.storage.base, result.storage.base
    )
    parallelRanges(rows, grain: max(1, elementGrain / channels)) { range in
      for row in range {
        let start = row * channels
        for channel in 0..<channels {
          output[start + channel] = input[start + channel] + addend[channel]
        }
      }
    }
    let biasShape = bias.shape
    return Variable(result, from: [toInput, toBias]) { gradient in
      toBias?.add(gradient.columnSums(channels).reshaped(biasShape))
      toInput?.add(gradient)
    }
  }
}

extension Tensor {
  fileprivate func scaled(perClip factors: [Float]) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let size = count / max(factors.count, 1)
    let (input, output) = (storage.base, result.storage.base)
    parallelRanges(factors.count, grain: max(1, elementGrain / max(size, 1))) { range in
      for clip in range {
        let factor = factors[clip]
        for index in clip * size..<(clip + 1) * size { output[index] = input[index] * factor }
      }
    }
    return result
  }

  /// The sum over all rows of `channels` numbers: [channels].
  func columnSums(_ channels: Int) -> Tensor {
    let rows = count / max(channels, 1)
    let grain = max(1, elementGrain / max(channels, 1))
    let parts = rangeCount(rows, grain: grain)
    let partial = Tensor(zeros: [parts, channels])
    let (input, sums) = (storage.base, partial.storage.base)
    parallelFor(parts) { part in
      let target = sums + part * channels
      for row in rows * part / parts..<rows * (part + 1) / parts {
        let source = input + row * channels
        for channel in 0..<channels { target[channel] += source[channel] }
      }
    }
    for part in 1..<max(parts, 1) {
      for channel in 0..<channels { sums[channel] += sums[part * channels + channel] }
    }
    return parts == 1 ? partial.reshaped([channels]) : partial.firstRow()
  }

  /// The first of several rows: [rows, C] → [C].
  private func firstRow() -> Tensor {
    let result = Tensor(uninitialized: [shape[1]])
    result.storage.base.update(from: storage.base, count: shape[1])
    return result
  }
}
