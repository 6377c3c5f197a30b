import Tokenization

/// A frozen text encoder that a plan trains with.
package struct TextEncoderPlan: Sendable, Equatable, Codable {
  package var layout: TextEncoderReference.Layout
  /// Its folder, relative to the plan.
  package var path: String

  enum CodingKeys: String, CodingKey, CaseIterable {
    case layout
    case path
  }
}
