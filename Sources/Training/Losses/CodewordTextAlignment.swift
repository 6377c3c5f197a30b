import Layers
import Tensors
import Tokenization

/// Asks which codewords of the batch a caption stands for.
///
/// The fifth codebook term of arXiv 2601.16210, Eq. 2.
/// The codebook is implicit, so codewords get a learned embedding W_c c and captions one of their
/// mean word, W_t sg(e_t). Each caption is to find its own clip's tokens among those of the whole
/// batch: −mean ln softmax(W_c c · W_t e / temperature), which is KL(codes of the clip ‖ what the
/// caption expects) without its constant. At its best the score of a codeword is the logarithm of how
/// much likelier the caption makes it. Codes get the gradient straight through their sign.
package struct CodewordTextAlignment: Layer {
  package static let width = 64
  package static let temperature: Float = 0.1
  /// All levels share one codebook, so they share this.
  private let codes: Linear
  private let text: Linear

  package init(textWidth: Int, bits: Int, from source: inout RandomSource) {
    codes = Linear(bits, Self.width, from: &source)
    text = Linear(textWidth, Self.width, from: &source)
  }

  /// Mean over levels, of codes [N, t, h, w, B] each.
  package func callAsFunction(_ levels: [Variable], text context: TextContext) -> Variable {
    let captions = unit(text(context.meanWord().detached()))
    var total = Variable(Tensor(0))
    for level in levels {
      let clips = level.shape[0]
      let bits = level.shape[4]
      let tokens = level.value.count / (clips * bits)
      let words = unit(codes(level.reshaped([clips * tokens, bits])))
      let scores = captions.product(words, transposingOther: true)
        .scaled(by: 1 / Self.temperature).logSoftmax()  // [N, N · tokens]
      var own = Tensor(zeros: [clips, clips * tokens])
      own.withUnsafeMutableBuffer { own in
        for clip in 0..<clips {
          let start = clip * clips * tokens + clip * tokens
          for index in start..<start + tokens { own[index] = -1 / Float(clips * tokens) }
        }
      }
      total = total + (scores * Variable(own)).sum()
    }
    return total.scaled(by: 1 / Float(levels.count))
  }

  private func unit(_ x: Variable) -> Variable {
    x.rmsNormalized(epsilon: 1e-12).scaled(by: 1 / Float(Self.width).squareRoot())
  }

  package var parameters: [NamedVariable] {
    codes.parameters(under: "codes") + text.parameters(under: "text")
  }
}
