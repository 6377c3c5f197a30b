/// Says a caption of the procedural world in words that the world itself never uses.
///
/// What objects, colours, backgrounds and motions are called is replaced; articles, directions and the
/// order of words stay.
package enum Paraphrase {
  package static func of(_ caption: String) -> String {
    let phrased = caption.replacing("moves in a circle", with: "orbits")
    var tokens = phrased.split(separator: " ").map { replaced($0) }
    for index in tokens.indices.dropLast() where ["a", "an"].contains(tokens[index].lowercased()) {
      let isVowel = "aeiou".contains(tokens[index + 1].prefix(1))
      tokens[index] = tokens[index].prefix(1) + (isVowel ? "n" : "")
    }
    return tokens.joined(separator: " ")
  }

  /// One word with the signs behind it.
  private static func replaced(_ token: Substring) -> String {
    let word = token.prefix { $0.isLetter }
    return (words[word.lowercased()] ?? String(word)) + token[word.endIndex...]
  }

  static let words = [
    "black": "ebony", "blue": "azure", "brown": "chestnut", "cyan": "turquoise", "gray": "silver",
    "green": "emerald", "orange": "tangerine", "pink": "rosy", "purple": "violet",
    "red": "crimson", "reddish": "ruddy", "white": "ivory", "yellow": "golden",
    "yellowish": "sandy", "bright": "luminous", "dark": "dim",
    "circle": "disc", "square": "box", "triangle": "pyramid", "star": "starfish", "ring": "hoop",
    "cross": "crucifix", "diamond": "rhombus", "hexagon": "honeycomb",
    "leafy": "wooded", "fractal": "cloudy", "striped": "lined", "checked": "chessboard",
    "brick": "masonry", "smooth": "plain", "noisy": "grainy", "spotted": "dotted",
    "moves": "travels", "stays": "rests", "spins": "rotates", "grows": "expands",
    "shrinks": "contracts", "bounces": "hops", "background": "backdrop", "camera": "viewpoint",
    "pans": "swings", "zooms": "flies", "turns": "tilts", "shakes": "trembles",
  ]
}
