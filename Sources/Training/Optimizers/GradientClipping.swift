import Layers
import Tensors

/// Keeps steps short where the loss is steep (Pascanu and others, 2013).
package enum GradientClipping {
  /// The length of all gradients as one vector.
  package static func globalNorm(_ parameters: [NamedVariable]) -> Double {
    var sum = 0.0
    for parameter in parameters {
      guard let gradient = parameter.variable.gradient else { continue }
      sum += gradient.withUnsafeBuffer { buffer in
        // Sixteen sums side by side are what the processor adds at once.
        var partial = SIMD16<Float>(repeating: 0)
        var total = 0.0
        let whole = buffer.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
          var lane = SIMD16<Float>()
          for place in 0..<16 { lane[place] = buffer[start + place] }
          partial += lane * lane
        }
        for index in whole..<buffer.count { total += Double(buffer[index] * buffer[index]) }
        return total + Double(partial.sum())
      }
    }
    return sum.squareRoot()
  }

  /// What gradients of this length are multiplied by so that it is at most `limit`.
  package static func scale(norm: Double, limit: Double) -> Float {
    norm > limit ? Float(limit / norm) : 1
  }
}
