import Foundation

/// Structural similarity after Wang and others, 2004: Gaussian window of 11 with σ 1.5, only where
/// it fits, population covariances, K1 0.01, K2 0.03; the mean over R, G and B.
package enum SSIM {
  package static let convention =
    "SSIM: Gaussian 11/1.5, valid, population covariance, mean over R, G, B, frames, then clips"

  /// Two 8-bit RGB frames [height, width, 3]; nil where a side is smaller than the window.
  package static func value(
    _ original: [UInt8], _ reconstruction: [UInt8], width: Int, height: Int
  ) -> Double? {
    value(original.map(Double.init), reconstruction.map(Double.init), width: width, height: height)
  }

  /// [height, width, 3], samples from 0 to `peak`.
  static func value(
    _ original: [Double], _ reconstruction: [Double], width: Int, height: Int, peak: Double = 255
  ) -> Double? {
    precondition(
      original.count == width * height * 3 && reconstruction.count == original.count,
      "Cannot compare \(original.count) with \(reconstruction.count) samples as "
        + "\(width)x\(height) RGB.")
    guard width >= window.count, height >= window.count else { return nil }
    let channels = (0..<3).map { channel in
      mean(
        plane(original, channel), plane(reconstruction, channel),
        width: width, height: height, peak: peak)
    }
    return channels.reduce(0, +) / 3
  }

  private static let window: [Double] = {
    let weights = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  private static func plane(_ samples: [Double], _ channel: Int) -> [Double] {
    stride(from: channel, to: samples.count, by: 3).map { samples[$0] }
  }

  private static func mean(
    _ first: [Double], _ second: [Double], width: Int, height: Int, peak: Double
  ) -> Double {
    func blur(_ value: (Int) -> Double) -> [Double] {
      blurred(first.indices.map(value), width: width, height: height)
    }
    let meanA = blur { first[$0] }
    let meanB = blur { second[$0] }
    let squareA = blur { first[$0] * first[$0] }
    let squareB = blur { second[$0] * second[$0] }
    let product = blur { first[$0] * second[$0] }

    let (c1, c2) = (0.0001 * peak * peak, 0.0009 * peak * peak)
    var sum = 0.0
    for index in meanA.indices {
      let (a, b) = (meanA[index], meanB[index])
      let covariance = product[index] - a * b
      let variances = squareA[index] - a * a + squareB[index] - b * b
      sum +=
        (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (variances + c2))
    }
    return sum / Double(meanA.count)
  }

  /// Where the window fits: [height, width] → [height − 10, width − 10].
  private static func blurred(_ plane: [Double], width: Int, height: Int) -> [Double] {
    let newWidth = width - window.count + 1
    let newHeight = height - window.count + 1
    var rows = [Double](repeating: 0, count: height * newWidth)
    for y in 0..<height {
      for x in 0..<newWidth {
        var sum = 0.0
        for tap in window.indices { sum += window[tap] * plane[y * width + x + tap] }
        rows[y * newWidth + x] = sum
      }
    }
    var result = [Double](repeating: 0, count: newHeight * newWidth)
    for y in 0..<newHeight {
      for tap in window.indices {
        let (weight, row) = (window[tap], (y + tap) * newWidth)
        for x in 0..<newWidth { result[y * newWidth + x] += weight * rows[row + x] }
      }
    }
    return result
  }
}
