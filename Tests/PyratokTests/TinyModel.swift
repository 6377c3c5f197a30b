import Foundation
import Tensors
import TestSupport
import Tokenization

/// Random weights of a few thousand numbers: tokens without sense, but in every form.
enum TinyModel {
  static let configuration = TokenizerConfiguration.nano.with(
    name: "tiny", widths: [8, 8, 8, 8, 8], blocks: 1)
}
