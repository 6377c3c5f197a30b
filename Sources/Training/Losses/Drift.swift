import Layers
import Tensors
import Tokenization

/// KL(own ‖ frozen) of the bits that two tokenizers give the same clips, in nats a token, mean over
/// levels: the drift term of arXiv 2601.16210, §3.2.3, in closed form.
package func posteriorDrift(_ z: [Variable], from frozen: [Variable], slope: Float) -> Variable {
  precondition(z.count == frozen.count, "\(z.count) levels against \(frozen.count).")
  let levels = zip(z, frozen).map {
    bernoulliDivergence(
      bitPosterior($0, slope: slope), from: bitPosterior($1.detached(), slope: slope))
  }
  return levels.dropFirst().reduce(levels[0], +).scaled(by: 1 / Float(levels.count))
}

/// The drift term with another kind of frozen encoder: a network of pictures.
///
/// For each time step of the coarsest level, KL(teacher ‖ student) of softmax over the channels of the
/// deepest map, mean over its pixels; the student is a learned map of the encoder's last features.
/// The teacher sees what nothing was hidden of.
package struct FeatureDrift: Layer {
  private let network: any FeatureNetwork
  private let map: Linear

  package init(
    network: any FeatureNetwork, channels: Int, width: Int, from source: inout RandomSource
  ) {
    self.network = network
    map = Linear(width, channels, from: &source)
  }

  /// `features` [N, t, h, w, D] of `video` [N, T, H, W, 3].
  package func callAsFunction(_ features: Variable, video: Tensor) -> Variable {
    let student = map(features.mean([2, 3])).logSoftmax()  // [N, t, C]
    let (frames, rows) = (video.shape[1], features.shape[1])
    let deepest = network.features(of: Variable(video)).last ?? Variable(Tensor(zeros: [0]))
    let stride = rows > 1 ? (frames - 1) / (rows - 1) : 1
    let maps = deepest.cellMeans(t: stride, y: deepest.shape[2], x: deepest.shape[3])
    // At a root mean square of 1 the softmax is soft, whatever the network's own range.
    let teacher = maps.reshaped(student.shape).rmsNormalized().logSoftmax()
    let difference = teacher.exponential() * (teacher - student)
    return difference.sum().scaled(by: 1 / Float(features.shape[0] * rows))
  }

  package var parameters: [NamedVariable] { map.parameters(under: "map") }
}
