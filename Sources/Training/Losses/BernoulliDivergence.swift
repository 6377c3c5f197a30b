import Tensors

/// The probability that a bit is +1: σ(slope · z).
func bitPosterior(_ z: Variable, slope: Float) -> Variable {
  z.scaled(by: slope).sigmoid()
}

/// KL(p ‖ r) of independent bits, in nats a token: Σ_c p ln(p / r) + (1 − p) ln((1 − p) / (1 − r)),
/// mean over tokens.
///
/// Both are probabilities [..., B], held within 1e-4…1 − 1e-4; beyond that there is no gradient.
package func bernoulliDivergence(_ p: Variable, from r: Variable) -> Variable {
  let bounds: ClosedRange<Float> = 1e-4...1 - 1e-4
  let p = p.clamped(to: bounds)
  let r = r.clamped(to: bounds)
  let (notP, notR) = ((-p).plus(1), (-r).plus(1))
  let tokens = p.value.count / max(p.shape.last ?? 1, 1)
  let sum = (p * (p.logarithm() - r.logarithm()) + notP * (notP.logarithm() - notR.logarithm()))
    .sum()
  return sum.scaled(by: 1 / Float(max(tokens, 1)))
}
