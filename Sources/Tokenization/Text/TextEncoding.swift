import Layers
import Tensors

/// Turns captions into what the quantizer and the losses look at.
package protocol TextEncoding {
  /// One row of text tokens per caption; an empty caption has none.
  func callAsFunction(_ captions: [String]) -> TextContext
}

/// By the model's own encoder, which is trained with it.
struct SubwordTextEncoding: TextEncoding {
  let vocabulary: BytePairVocabulary
  let encoder: TextEncoder

  func callAsFunction(_ captions: [String]) -> TextContext {
    encoder(captions.map { vocabulary.encode($0, limit: encoder.limit) })
  }
}

/// By an encoder from outside, brought to the model's width where that differs.
///
/// Each caption is encoded once as long as it is remembered.
final class FrozenTextEncoding: TextEncoding {
  private let encoder: FrozenTextEncoder
  private let projection: Linear?
  private let limit: Int
  private var cache: CaptionCache

  /// Captions are cut to `limit` pieces; `capacity` is the number of bytes to remember.
  init(
    _ encoder: FrozenTextEncoder, projection: Linear?, limit: Int, capacity: Int = 64 << 20
  ) {
    self.encoder = encoder
    self.projection = projection
    self.limit = min(limit, FrozenTextEncoder.longestText)
    cache = CaptionCache(capacity: capacity)
  }

  func callAsFunction(_ captions: [String]) -> TextContext {
    let width = encoder.reference.width
    let states = captions.map { caption in
      caption.isEmpty ? nil : cache.states(of: caption) { encoder.states(of: $0, limit: limit) }
    }
    let length = max(1, states.compactMap { $0?.shape[0] }.max() ?? 1)
    var embedding = Tensor(zeros: [captions.count, length, width])
    var mask = Tensor(zeros: [captions.count, length])
    for (row, states) in states.enumerated() {
      guard let states else { continue }
      embedding.withUnsafeMutableBuffer { target in
        states.withUnsafeBuffer { source in
          let start = row * length * width
          _ = target[start..<start + source.count].update(fromContentsOf: source)
        }
      }
      for index in 0..<states.shape[0] { mask[row, index] = 1 }
    }
    let x = Variable(embedding)  // [N, L, E]
    return TextContext(embedding: projection.map { $0(x) } ?? x, mask: mask)
  }
}

/// States of captions, the oldest forgotten first when there are too many.
struct CaptionCache {
  private let capacity: Int
  private var states: [String: Tensor] = [:]
  private var order: [String] = []
  private var oldest = 0
  private(set) var bytes = 0

  /// `capacity` in bytes; the newest caption is remembered whatever its size.
  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func states(of caption: String, make: (String) -> Tensor) -> Tensor {
    if let known = states[caption] { return known }
    let made = make(caption)
    states[caption] = made
    order.append(caption)
    bytes += made.byteCount
    while bytes > capacity, oldest < order.count - 1 {
      bytes -= states.removeValue(forKey: order[oldest])?.byteCount ?? 0
      oldest += 1
    }
    if oldest > order.count / 2 {
      order.removeFirst(oldest)
      oldest = 0
    }
    return made
  }
}

extension PyramidTokenizerModel {
  /// How this model reads captions; `folders` are where a frozen encoder may lie.
  ///
  /// Throws one line where the model needs such an encoder and it is not there.
  package func textEncoding(
    vocabulary: BytePairVocabulary, folders: [String] = []
  ) throws -> any TextEncoding {
    guard let reference = configuration.textEncoder else {
      return textEncoding(vocabulary: vocabulary, frozen: nil)
    }
    return textEncoding(
      vocabulary: vocabulary, frozen: try FrozenTextEncoder(reference, in: folders))
  }

  /// As above, with the encoder at hand; it is the one that the configuration names.
  package func textEncoding(
    vocabulary: BytePairVocabulary, frozen: FrozenTextEncoder?
  ) -> any TextEncoding {
    precondition(
      frozen?.reference == configuration.textEncoder, "This is not the model's text encoder.")
    if let frozen {
      return FrozenTextEncoding(
        frozen, projection: textProjection, limit: configuration.textLength)
    }
    guard let text else { preconditionFailure("A model has an encoder of its own or names one.") }
    return SubwordTextEncoding(vocabulary: vocabulary, encoder: text)
  }
}
