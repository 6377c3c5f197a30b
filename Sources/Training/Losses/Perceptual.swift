import Tensors

/// Distance of the features that a frozen network has for two clips (LPIPS: Zhang and others, 2018).
///
/// Each position's channels are brought to length 1; then Σ_c w_c (x_c − y_c)², mean over positions
/// and frames, mean over maps. w are the network's learned heads, or 1 where it has none.
package struct PerceptualDistance {
  private let network: any FeatureNetwork

  package init(network: any FeatureNetwork) { self.network = network }

  /// Both [N, T, H, W, 3] in −1…1; `original` gets no gradient.
  package func callAsFunction(_ x: Variable, original: Variable) -> Variable {
    let pairs = zip(
      network.features(of: x), network.features(of: original.detached()))
    var total = Variable(Tensor(0))
    var count = 0
    for (x, y) in pairs {
      let squares = (Self.unit(x) - Self.unit(y)).squared()
      let positions = Float(squares.value.count / max(squares.shape[4], 1))
      let sum = network.heads.map { squares.linear(weight: $0[count]) } ?? squares
      total = total + sum.sum().scaled(by: 1 / positions)
      count += 1
    }
    return total.scaled(by: 1 / Float(max(count, 1)))
  }

  private static func unit(_ x: Variable) -> Variable {
    x.rmsNormalized(epsilon: 1e-10).scaled(by: 1 / Float(max(x.shape[4], 1)).squareRoot())
  }
}
