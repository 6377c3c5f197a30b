import Tensors

/// How far a reconstruction is from its original; both [N, T, H, W, C] in −1…1, the result [].
package enum Reconstruction {
  /// Mean |x − y|.
  package static func absoluteError(_ x: Variable, _ y: Variable) -> Variable {
    (x - y).absolute().mean()
  }

  /// Mean (x − y)².
  package static func squaredError(_ x: Variable, _ y: Variable) -> Variable {
    (x - y).squared().mean()
  }

  /// 1 − SSIM (Wang and others, 2004), mean over frames and channels.
  ///
  /// SSIM = (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)) with a Gaussian window of
  /// 11 and σ 1.5 where it fits, population covariances, C1 = (0.01 L)², C2 = (0.03 L)² and the range
  /// L = 2. Frames are at least 11 x 11.
  package static func dissimilarity(_ x: Variable, _ y: Variable) -> Variable {
    let c1: Float = 0.0004
    let c2: Float = 0.0036
    let meanX = x.gaussianBlurred()
    let meanY = y.gaussianBlurred()
    let meanProduct = meanX * meanY
    let meanSquares = meanX.squared() + meanY.squared()
    let covariance = (x * y).gaussianBlurred() - meanProduct
    // σx² + σy² needs one window over the sum of the squares.
    let variances = (x.squared() + y.squared()).gaussianBlurred() - meanSquares
    let upper = meanProduct.scaled(by: 2).plus(c1) * covariance.scaled(by: 2).plus(c2)
    let lower = meanSquares.plus(c1) * variances.plus(c2)
    return (upper / lower).mean().scaled(by: -1).plus(1)
  }
}
