import Tensors

/// Mean (z − q)² to the codes ±1 that z was rounded to; the codes get no gradient (van den Oord and
/// others, 2017).
package func commitment(_ z: Variable) -> Variable {
  (z - z.detached().signStraightThrough()).squared().mean()
}
