/// Elements per thread below which another thread costs more than it saves.
let elementGrain = 32_768

extension Tensor {
  /// `transform` of every element; in place when nobody else shares the memory.
  @inline(__always)
  consuming func mapped(_ transform: (Float) -> Float) -> Tensor {
    var source = self
    let count = source.count
    if source.ownsItsMemory() {
      source.withUnsafeMutableBuffer { buffer in
        guard let base = buffer.baseAddress else { return }
        parallelRanges(count, grain: elementGrain) { range in
          for index in range { base[index] = transform(base[index]) }
        }
      }
      return source
    }
    let result = Tensor(uninitialized: source.shape)
    let (input, output) = (source.storage.base, result.storage.base)
    withExtendedLifetime(source.storage) {
      parallelRanges(count, grain: elementGrain) { range in
        for index in range { output[index] = transform(input[index]) }
      }
    }
    return result
  }

  /// `transform` of every pair of elements; in place when nobody else shares this memory.
  @inline(__always)
  consuming func combined(
    _ other: Tensor, _ transform: (_ own: Float, _ other: Float) -> Float
  ) -> Tensor {
    precondition(shape == other.shape, "The shapes \(shape) and \(other.shape) differ.")
    var source = self
    let count = source.count
    let second = other.storage.base
    if source.ownsItsMemory() {
      source.withUnsafeMutableBuffer { buffer in
        guard let base = buffer.baseAddress else { return }
        parallelRanges(count, grain: elementGrain) { range in
          for index in range { base[index] = transform(base[index], second[index]) }
        }
      }
      return source
    }
    let result = Tensor(uninitialized: source.shape)
    let (first, output) = (source.storage.base, result.storage.base)
    withExtendedLifetime((source.storage, other.storage)) {
      parallelRanges(count, grain: elementGrain) { range in
        for index in range { output[index] = transform(first[index], second[index]) }
      }
    }
    return result
  }

  /// Adds `other`, in place when nobody else shares the memory.
  mutating func accumulate(_ other: Tensor) {
    self = (consume self).combined(other) { $0 + $1 }
  }

  /// The result of a kernel that fills `output` from `input`, range by range.
  func filled(
    by kernel: (_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let (input, output) = (storage.base, result.storage.base)
    parallelRanges(count, grain: elementGrain / 4) { range in
      kernel(input + range.lowerBound, output + range.lowerBound, range.count)
    }
    return result
  }

  /// The sum of all elements in blocks, so that rounding errors stay small for long arrays.
  func sum() -> Float {
    let blockSize = 4096
    let blocks = (count + blockSize - 1) / blockSize
    var partial = [Double](repeating: 0, count: max(blocks, 1))
    let base = storage.base
    partial.withUnsafeMutableBufferPointer { partial in
      // Safe to share: each block has its own slot.
      nonisolated(unsafe) let slots = partial
      parallelRanges(blocks, grain: 8) { range in
        for block in range {
          let end = min(count, (block + 1) * blockSize)
          slots[block] = Double(sumOfRange(base, block * blockSize..<end))
        }
      }
    }
    return Float(partial.reduce(0, +))
  }
}

func sumOfRange(_ base: UnsafePointer<Float>, _ range: Range<Int>) -> Float {
  var lanes = SIMD16<Float>()
  var index = range.lowerBound
  while index + 16 <= range.upperBound {
    lanes += UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<Float>.self)
    index += 16
  }
  var total = (lanes.lowHalf + lanes.highHalf).sum()
  while index < range.upperBound {
    total += base[index]
    index += 1
  }
  return total
}
