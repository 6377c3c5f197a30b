/// What a prompt may say of a part of a clip, and a judge can tell from its pixels.
package enum PromptAspect: String, CaseIterable, Sendable, Codable {
  case colour
  case shape
  case motion
  /// The word for the background's mean colour: told without a network. Its kind is not judged.
  case tone
  case presence

  /// The classes of `presence`.
  package static let presences = ["absent", "present"]
}
