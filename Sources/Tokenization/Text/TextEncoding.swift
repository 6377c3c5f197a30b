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
struct FrozenTextEncoding: TextEncoding {
  let encoder: FrozenTextEncoder
  let projection: Linear?
  /// Captions are cut to this many pieces.
  let limit: Int

  func callAsFunction(_ captions: [String]) -> TextContext {
    let width = encoder.reference.width
    let states = captions.map { caption in
      caption.isEmpty ? nil : encoder.states(of: caption, limit: limit)
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

extension PyramidTokenizerModel {
  /// How this model reads captions; `folders` are where a frozen encoder may lie that is not at hand
  /// yet.
  ///
  /// Throws one line where the model needs such an encoder and it is not there.
  package func textEncoding(
    vocabulary: BytePairVocabulary, folders: [String] = []
  ) throws -> any TextEncoding {
    if let text { return SubwordTextEncoding(vocabulary: vocabulary, encoder: text) }
    guard let reference = configuration.textEncoder else {
      preconditionFailure("A model has an encoder of its own or names one.")
    }
    let encoder = try frozenText ?? FrozenTextEncoder(reference, in: folders)
    precondition(
      encoder.reference.sha256 == reference.sha256, "This is not the model's text encoder.")
    frozenText = encoder
    let limit = min(configuration.textLength, FrozenTextEncoder.longestText)
    return FrozenTextEncoding(encoder: encoder, projection: textProjection, limit: limit)
  }
}
