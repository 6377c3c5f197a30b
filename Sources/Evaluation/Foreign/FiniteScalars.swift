import Foundation

/// Finite scalar quantization (arXiv 2309.15505) as lucidrains' vector-quantize-pytorch writes it.
///
/// Dimension d of L values: round(tanh(z + shift) · half − offset), half = (L − 1)(1 + 1e-3)/2,
/// offset = ½ for even L, shift = atanh(offset/half); the code counts from 0, dimension 0 lowest.
package enum FiniteScalars {
  /// - Parameter rows: of as many values as there are `levels`.
  package static func codes(of rows: [Double], levels: [Int]) -> [UInt32] {
    precondition(rows.count.isMultiple(of: levels.count), "Rows break off.")
    return stride(from: 0, to: rows.count, by: levels.count).map { start in
      var (code, basis) = (0, 1)
      for (dimension, size) in levels.enumerated() {
        code += value(of: rows[start + dimension], levels: size) * basis
        basis *= size
      }
      return UInt32(code)
    }
  }

  /// From 0 to L − 1.
  private static func value(of z: Double, levels: Int) -> Int {
    let half = Double(levels - 1) * (1 + 1e-3) / 2
    let offset = levels.isMultiple(of: 2) ? 0.5 : 0
    let bounded = tanh(z + atanh(offset / half)) * half - offset
    // Not a number has no value of its own; it counts as the middle.
    let rounded = bounded.isNaN ? 0 : bounded.rounded(.toNearestOrEven)
    return min(levels - 1, max(0, Int(rounded) + levels / 2))
  }
}
