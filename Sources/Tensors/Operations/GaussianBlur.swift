import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Variable {
  /// A Gaussian over rows and columns of [N, T, H, W, C], valid part only, each channel alone.
  ///
  /// The window of SSIM: 11 taps with σ = 1.5 → [N, T, H − 10, W − 10, C].
  package func gaussianBlurred(window: Int = 11, sigma: Float = 1.5) -> Variable {
    precondition(
      shape.count == 5 && shape[2] >= window && shape[3] >= window,
      "A window of \(window) does not fit into \(shape).")
    let toInput = node
    let inputShape = shape
    let taps = gaussianTaps(window, sigma)
    let blurred = value.blurred(by: taps)
    return Variable(blurred, from: [toInput]) { gradient in
      toInput?.add(gradient.spread(by: taps, to: inputShape))
    }
  }
}

/// exp(−d² / 2σ²) around the middle, summing to 1.
private func gaussianTaps(_ window: Int, _ sigma: Float) -> [Float] {
  let taps = (0..<window).map { index -> Double in
    let distance = Double(index) - Double(window - 1) / 2
    return exp(-distance * distance / (2 * Double(sigma) * Double(sigma)))
  }
  let sum = taps.reduce(0, +)
  return taps.map { Float($0 / sum) }
}

extension Tensor {
  /// First down the columns, then along the rows, picture by picture.
  fileprivate func blurred(by taps: [Float]) -> Tensor {
    let (height, width, channels) = (shape[2], shape[3], shape[4])
    let (newHeight, newWidth) = (height - taps.count + 1, width - taps.count + 1)
    let result = Tensor(uninitialized: [shape[0], shape[1], newHeight, newWidth, channels])
    let (input, output) = (storage.base, result.storage.base)
    let line = width * channels
    parallelRanges(shape[0] * shape[1]) { pictures in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: newHeight * line) { middle in
        guard let middle = middle.baseAddress else { return }
        for picture in pictures {
          pt_correlate(
            input + picture * height * line, middle, newHeight * line, taps, taps.count, line)
          for row in 0..<newHeight {
            pt_correlate(
              middle + row * line, output + (picture * newHeight + row) * newWidth * channels,
              newWidth * channels, taps, taps.count, channels)
          }
        }
      }
    }
    return result
  }

  /// The transpose of `blurred`: each number is spread over the window that made it.
  fileprivate func spread(by taps: [Float], to shape: [Int]) -> Tensor {
    let (height, width, channels) = (shape[2], shape[3], shape[4])
    let (newHeight, newWidth) = (height - taps.count + 1, width - taps.count + 1)
    let result = Tensor(zeros: shape)
    let (input, output) = (storage.base, result.storage.base)
    let line = width * channels
    parallelRanges(shape[0] * shape[1]) { pictures in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: newHeight * line) { middle in
        guard let middle = middle.baseAddress else { return }
        for picture in pictures {
          middle.update(repeating: 0, count: newHeight * line)
          for row in 0..<newHeight {
            pt_spread(
              input + (picture * newHeight + row) * newWidth * channels, middle + row * line,
              newWidth * channels, taps, taps.count, channels)
          }
          pt_spread(
            middle, output + picture * height * line, newHeight * line, taps, taps.count, line)
        }
      }
    }
    return result
  }
}
