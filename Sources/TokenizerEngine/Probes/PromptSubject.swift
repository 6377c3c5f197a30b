import Tokenization
import Training

/// What prompts are tried on: a tokenizer and a prior over its tokens.
///
/// Clips are RGB bytes [T, H, W, 3].
package protocol PromptSubject {
  func reconstructed(_ clip: WorldClip) throws -> [UInt8]
  func regenerated(_ clip: WorldClip, _ request: RegenerationRequest) throws -> PromptPicture
  /// From words alone.
  func composed(
    frames: Int, size: Int, prompt: String, settings: SamplingSettings
  ) throws -> [UInt8]
}

/// A clip with a part that was made anew.
package struct PromptPicture: Sendable, Equatable {
  package let pixels: [UInt8]
  /// The share of pixels far from the region that are not as they were; nil if there are none.
  package let changedOutside: Double?

  package init(pixels: [UInt8], changedOutside: Double?) {
    self.pixels = pixels
    self.changedOutside = changedOutside
  }
}
