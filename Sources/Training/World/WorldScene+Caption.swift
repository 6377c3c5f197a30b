import Tensors

extension MovingObject {
  /// What the object does, such as "moves to the left and then spins".
  var motionInWords: String {
    actions.map(\.verb.rawValue).joined(separator: " and then ")
  }

  fileprivate var name: String {
    let look = texture == .plain || texture == .rough ? "" : texture.rawValue + " "
    return "\(look)\(colour.rawValue) \(shape.rawValue)"
  }
}

extension WorldScene {
  /// One grammatical sentence that names the objects, their motions, the background and the camera.
  func caption(random: inout RandomSource) -> String {
    let deeds = movers.map { "\(Self.article($0.name)) \($0.name) \($0.motionInWords)" }
    let ground = "\(tone) \(kind.rawValue) background"
    let place = "\(Self.article(ground)) \(ground)"
    let sentence =
      random.chance(0.5)
      ? "\(Self.list(deeds)) over \(place)" : "over \(place), \(Self.list(deeds))"
    let watching = camera.motion == .still ? "" : " while the camera \(camera.motion.rawValue)"
    let whole = sentence + watching + "."
    return whole.prefix(1).uppercased() + whole.dropFirst()
  }

  /// The word for the background's mean colour.
  private var tone: String {
    let mean = canvas.mean
    let light = (mean.x + mean.y + mean.z) / 3
    let high = max(mean.x, max(mean.y, mean.z))
    let low = min(mean.x, min(mean.y, mean.z))
    guard high - low > 0.07 else { return light < 0.3 ? "dark" : light > 0.62 ? "bright" : "gray" }
    if mean.z == high { return mean.x > mean.y + 0.05 ? "purple" : "blue" }
    if mean.y == high { return "green" }
    if mean.z > mean.y { return "pink" }
    return light < 0.4 ? "brown" : mean.x - mean.y > 0.15 ? "reddish" : "yellowish"
  }

  private static func article(_ words: String) -> String {
    "aeiou".contains(words.prefix(1)) ? "an" : "a"
  }

  private static func list(_ parts: [String]) -> String {
    guard parts.count > 2, let last = parts.last else { return parts.joined(separator: " and ") }
    return parts.dropLast().joined(separator: ", ") + ", and " + last
  }
}
