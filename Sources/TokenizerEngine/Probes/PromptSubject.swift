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
  /// Nil if no pixels lie outside.
  package let changedOutside: OutsideChange?

  package init(pixels: [UInt8], changedOutside: OutsideChange?) {
    self.pixels = pixels
    self.changedOutside = changedOutside
  }
}

/// The shares of pixels far from a region that are not as they were, before and after blending.
package struct OutsideChange: Sendable, Equatable {
  package let before: Double
  package let after: Double

  package init(before: Double, after: Double) {
    self.before = before
    self.after = after
  }
}
