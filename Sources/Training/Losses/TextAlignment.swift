import Tensors

/// Brings clips and their captions together (InfoNCE: van den Oord and others, 2018; in both
/// directions as in CLIP: Radford and others, 2021).
///
/// −mean ln softmax(a · b / temperature) at the matching pairs, mean of both directions. `a` and `b`
/// are unit vectors [N, D]; row i of one belongs to row i of the other.
package func contrastiveLoss(_ a: Variable, _ b: Variable, temperature: Float) -> Variable {
  precondition(
    a.shape == b.shape && a.shape.count == 2, "Rows of \(a.shape) and \(b.shape) do not pair.")
  return matchingLoss(a.product(b, transposingOther: true).scaled(by: 1 / temperature))
}

/// −mean ln softmax(scores) on the diagonal of [N, N], mean over rows and columns.
package func matchingLoss(_ scores: Variable) -> Variable {
  let clips = scores.shape[0]
  var diagonal = Tensor(zeros: [clips, clips])
  for clip in 0..<clips { diagonal[clip, clip] = 1 }
  let matching = Variable(diagonal)
  let forward = (scores.logSoftmax() * matching).sum()
  let backward = (scores.permuted([1, 0]).logSoftmax() * matching).sum()
  return (forward + backward).scaled(by: -0.5 / Float(clips))
}
