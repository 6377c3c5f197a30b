/// Tells the colour of an object without having been trained: by the median of its pixels.
package struct ColourStatistics: Sendable {
  /// Red, green and blue 0…1 of each class.
  private let colours: [SIMD4<Float>]
  /// How much darker or brighter than its class an object may be.
  private static let gains: [Float] = [0.75, 0.85, 0.95, 1.05, 1.15]

  package init(colours: [SIMD4<Float>]) { self.colours = colours }

  /// The class whose colour, darker or brighter, lies nearest; nil if the mask is empty.
  ///
  /// - Parameters:
  ///   - pixels: RGB bytes.
  ///   - mask: a byte a pixel, not 0 where the object is.
  package func classOf(pixels: [UInt8], mask: [UInt8]) -> Int? {
    var histograms = [[Int]](repeating: [Int](repeating: 0, count: 256), count: 3)
    var count = 0
    for index in mask.indices where mask[index] != 0 {
      count += 1
      for channel in 0..<3 { histograms[channel][Int(pixels[3 * index + channel])] += 1 }
    }
    guard count > 0 else { return nil }
    let medians = histograms.map { Self.median($0, count: count) }
    let seen = SIMD4(medians[0], medians[1], medians[2], 0)
    return colours.indices.min { distance(seen, $0) < distance(seen, $1) }
  }

  private func distance(_ seen: SIMD4<Float>, _ index: Int) -> Float {
    Self.gains.map { gain in
      let difference =
        seen
        - (colours[index] * gain).clamped(
          lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
      return (difference * difference).sum()
    }.min() ?? .infinity
  }

  /// 0…1.
  private static func median(_ histogram: [Int], count: Int) -> Float {
    var sum = 0
    for (value, number) in histogram.enumerated() {
      sum += number
      if 2 * sum >= count { return Float(value) / 255 }
    }
    return 1
  }
}
