import Tensors

extension MovingObject {
  /// What the object does, such as "moves to the left and then spins".
  var motionInWords: String {
    actions.map(\.verb.rawValue).joined(separator: " and then ")
  }

  /// The object and what it does, such as "a striped red ring moves up".
  var phrase: String {
    let look = texture == .plain || texture == .rough ? "" : texture.rawValue + " "
    let name = "\(look)\(colour.rawValue) \(shape.rawValue)"
    return "\(WorldScene.article(name)) \(name) \(motionInWords)"
  }
}

extension WorldScene {
  /// One grammatical sentence that names the objects, their motions, the background and the camera.
  ///
  /// - Parameter tone: the word for the background's colour; that of the canvas' mean if nil.
  func caption(tone: String? = nil, random: inout RandomSource) -> String {
    let deeds = movers.map(\.phrase)
    let place = Self.ground(tone: tone ?? WorldTone(canvas.mean).rawValue, kind: kind)
    let sentence =
      random.chance(0.5)
      ? "\(Self.list(deeds)) over \(place)" : "over \(place), \(Self.list(deeds))"
    let watching = camera.motion == .still ? "" : " while the camera \(camera.motion.rawValue)"
    let whole = sentence + watching + "."
    return whole.prefix(1).uppercased() + whole.dropFirst()
  }

  /// The background alone, such as "a dark leafy background".
  static func ground(tone: String, kind: BackgroundKind) -> String {
    let ground = "\(tone) \(kind.rawValue) background"
    return "\(article(ground)) \(ground)"
  }

  fileprivate static func article(_ words: String) -> String {
    "aeiou".contains(words.prefix(1)) ? "an" : "a"
  }

  private static func list(_ parts: [String]) -> String {
    guard parts.count > 2, let last = parts.last else { return parts.joined(separator: " and ") }
    return parts.dropLast().joined(separator: ", ") + ", and " + last
  }
}
