import Tensors

/// Mean (z − s q)² to the codes ±1 that z was rounded to, at the scale s that their stage has in the
/// sum; the codes get no gradient (van den Oord and others, 2017).
///
/// Pyramid levels have the scale 1, stage k of a residual quantizer 2⁻ᵏ: a target of ±1 there would
/// pull its small residuals apart.
package func commitment(_ z: Variable, scale: Float = 1) -> Variable {
  (z - z.detached().signStraightThrough().scaled(by: scale)).squared().mean()
}
