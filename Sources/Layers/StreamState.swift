import Tensors

/// What the causal convolutions of one model remember between the chunks of one clip.
///
/// Its size depends on the pictures, never on how long the clip is. Confined to one thread.
package final class StreamState {
  private var histories: [ObjectIdentifier: Tensor] = [:]
  /// Chunks that went through the whole model.
  package private(set) var chunksSeen = 0

  package init() {}

  /// Whether the clip's first chunk is on its way: what is dropped at the start is dropped now.
  package var isAtStart: Bool { chunksSeen == 0 }

  /// The same memory, to come back to this point of the clip.
  package func copy() -> StreamState {
    let copy = StreamState()
    copy.histories = histories
    copy.chunksSeen = chunksSeen
    return copy
  }

  /// To be called when a chunk has gone through the whole model.
  package func finishChunk() {
    chunksSeen += 1
  }

  /// The frames that stand in front of a layer's next chunk.
  subscript(owner: Variable) -> Tensor? {
    get { histories[ObjectIdentifier(owner)] }
    set { histories[ObjectIdentifier(owner)] = newValue }
  }

  /// The bytes that are remembered.
  package var byteCount: Int {
    histories.values.reduce(0) { $0 + $1.byteCount }
  }
}
