import Tensors

/// Mean over levels 2…L of KL(q⁽ˡ⁾ ‖ q⁽ˡ⁻¹⁾).
///
/// The third codebook term of arXiv 2601.16210, Eq. 2.
/// q is the posterior of independent bits; the finer level's is averaged over the coarser cell first
/// and gets no gradient, so that a coarse token learns what its cell has in common and a fine one
/// stays free to tell its neighbours apart (the paper leaves both open).
///
/// - Parameters:
///   - z: levels 1…L, [N, t, h, w, B] each, before the sign.
///   - ratios: stride of each level over the one before in t, y, x; one per level but the first.
package func hierarchicalConsistency(
  _ z: [Variable], ratios: [[Int]], slope: Float
) -> Variable {
  precondition(z.count == ratios.count + 1, "\(ratios.count) ratios do not join \(z.count) levels.")
  var total = Variable(Tensor(0))
  for (level, ratio) in ratios.enumerated() {
    let finer = bitPosterior(z[level].detached(), slope: slope)
      .cellMeans(t: ratio[0], y: ratio[1], x: ratio[2])
    total = total + bernoulliDivergence(bitPosterior(z[level + 1], slope: slope), from: finer)
  }
  return total.scaled(by: 1 / Float(max(ratios.count, 1)))
}
