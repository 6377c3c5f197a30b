import Tensors

/// Encoded captions of a batch of clips.
package struct TextContext {
  /// Shape [N, L, E].
  package let embedding: Variable
  /// [N, L], 1 where a text token stands, 0 on padding.
  package let mask: Tensor
  /// [N, L], what the quantizer may look at: the mask, without clips that must not see theirs.
  package let visible: Tensor

  init(embedding: Variable, mask: Tensor, visible: Tensor? = nil) {
    self.embedding = embedding
    self.mask = mask
    self.visible = visible ?? mask
  }

  /// Hides the captions of clips where `isSeen` is false: text dropout of training.
  package func showing(_ isSeen: [Bool]) -> TextContext {
    let (clips, length) = (mask.shape[0], mask.shape[1])
    precondition(isSeen.count == clips, "\(isSeen.count) choices for \(clips) clips.")
    var visible = mask.values
    for clip in 0..<clips where !isSeen[clip] {
      for index in clip * length..<(clip + 1) * length { visible[index] = 0 }
    }
    return TextContext(
      embedding: embedding, mask: mask, visible: Tensor(visible, shape: mask.shape))
  }
}
