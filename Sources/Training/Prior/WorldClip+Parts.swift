import Tokenization

extension WorldClip {
  /// The objects that are ever seen, each with its box over all frames.
  package var parts: [ClipPart] {
    let plane = height * width
    return objects.compactMap { object in
      var (left, right, top, bottom) = (width, -1, height, -1)
      for index in masks.indices where Int(masks[index]) == object.id {
        let (y, x) = (index % plane / width, index % width)
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
      }
      guard right >= left else { return nil }
      let article = "aeiou".contains(object.colour.prefix(1)) ? "an" : "a"
      return ClipPart(
        box: PixelBox(x: left, y: top, width: right - left + 1, height: bottom - top + 1),
        phrase: "\(article) \(object.colour) \(object.shape) \(object.motion)")
    }
  }

  /// The caption's words for the background, such as "a dark leafy background".
  package var ground: String? {
    let words = caption.lowercased().split(separator: " ").map {
      $0.filter { $0.isLetter }
    }
    guard let over = words.firstIndex(of: "over"),
      let end = words[over...].firstIndex(of: "background")
    else { return nil }
    return words[(over + 1)...end].joined(separator: " ")
  }
}
