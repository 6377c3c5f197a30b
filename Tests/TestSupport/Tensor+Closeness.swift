import Tensors
import Testing

extension Tensor {
  /// The largest difference between two tensors of one shape; infinite when any number is not.
  package func largestDifference(from other: Tensor) -> Float {
    guard shape == other.shape else { return .infinity }
    return zip(values, other.values).reduce(0) { largest, pair in
      let difference = pair.0 == pair.1 ? 0 : abs(pair.0 - pair.1)
      return difference.isFinite ? max(largest, difference) : .infinity
    }
  }

  /// Numbers that depend on the seed alone, evenly between −1 and 1.
  package static func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var source = RandomSource(seed: seed)
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { _ in Float(source.uniform() * 2 - 1) }, shape: shape)
  }
}

/// Expects equal shapes and no number further apart than `tolerance`.
package func expectClose(
  _ actual: Tensor, _ expected: Tensor, within tolerance: Float = 1e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  let difference = actual.largestDifference(from: expected)
  #expect(difference <= tolerance, "apart by \(difference)", sourceLocation: sourceLocation)
}
