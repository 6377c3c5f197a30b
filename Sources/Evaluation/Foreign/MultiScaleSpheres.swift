import Foundation

/// Binary spherical quantization at several scales of one field, as Infinity's tokenizer does it.
///
/// Each scale: what is left, averaged over areas down to side × side; every position over its norm;
/// its signs over √C; those bilinearly (half-pixel centres) up to the field again, and subtracted.
package struct MultiScaleSpheres: Sendable, Equatable {
  /// The codes of each scale, row by row, the first channel at the highest bit.
  package private(set) var codes: [[UInt32]] = []
  /// Root mean square of the field before and behind each scale.
  package private(set) var stages: [ResidualStage] = []
  /// What the codes stand for, [C, H, W].
  package private(set) var sums: [Double]

  /// - Parameters:
  ///   - field: [C, H, W].
  ///   - sides: of each scale, none above those of the field.
  package init(_ field: [Double], channels: Int, height: Int, width: Int, sides: [Int]) {
    precondition(field.count == channels * height * width, "The field has another shape.")
    precondition(sides.allSatisfy { (1...min(height, width)).contains($0) }, "Scales only shrink.")
    let unit = 1 / Double(channels).squareRoot()
    var residual = field
    sums = [Double](repeating: 0, count: field.count)
    for side in sides {
      let before = MultiScaleSpheres.rms(residual)
      var codes = [UInt32](repeating: 0, count: side * side)
      for channel in 0..<channels {
        let plane = Array(residual[channel * height * width..<(channel + 1) * height * width])
        let small = MultiScaleSpheres.shrunk(plane, height, width, to: side)
        // The norm of a position changes no sign.
        for (place, value) in small.enumerated() {
          codes[place] = codes[place] << 1 | (value >= 0 ? 1 : 0)
        }
        let signs = small.map { $0 >= 0 ? unit : -unit }
        let grown = MultiScaleSpheres.grown(signs, side: side, to: height, width)
        for (place, value) in grown.enumerated() {
          residual[channel * height * width + place] -= value
          sums[channel * height * width + place] += value
        }
      }
      self.codes.append(codes)
      stages.append(
        ResidualStage(
          scale: unit, values: field.count, rmsBefore: before,
          rmsAfter: MultiScaleSpheres.rms(residual)))
    }
  }

  private static func rms(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))).squareRoot()
  }

  /// The mean of each area; areas that do not divide evenly overlap by a row or column.
  private static func shrunk(_ plane: [Double], _ height: Int, _ width: Int, to side: Int)
    -> [Double]
  {
    func range(_ index: Int, of size: Int) -> Range<Int> {
      index * size / side..<((index + 1) * size + side - 1) / side
    }
    return (0..<side * side).map { place in
      let (rows, columns) = (range(place / side, of: height), range(place % side, of: width))
      var sum = 0.0
      for row in rows { for column in columns { sum += plane[row * width + column] } }
      return sum / Double(rows.count * columns.count)
    }
  }

  private static func grown(_ small: [Double], side: Int, to height: Int, _ width: Int)
    -> [Double]
  {
    func taps(_ index: Int, of size: Int) -> (low: Int, high: Int, share: Double) {
      let place = max(0, (Double(index) + 0.5) * Double(side) / Double(size) - 0.5)
      let low = min(side - 1, Int(place))
      return (low, min(side - 1, low + 1), place - Double(low))
    }
    let columns = (0..<width).map { taps($0, of: width) }
    return (0..<height).flatMap { row in
      let (top, bottom, share) = taps(row, of: height)
      return columns.map { low, high, part in
        let above = small[top * side + low] * (1 - part) + small[top * side + high] * part
        let below = small[bottom * side + low] * (1 - part) + small[bottom * side + high] * part
        return above * (1 - share) + below * share
      }
    }
  }
}
