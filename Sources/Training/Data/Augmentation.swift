import Tensors
import VideoIO

/// Random changes of a clip that leave its caption true.
package struct Augmentation: Sendable, Equatable {
  /// The share of clips that are mirrored.
  var flip = 0.0
  /// The least share of the square's side that a crop keeps; 1 crops nothing.
  var crop = 1.0

  package init(flip: Double = 0, crop: Double = 1) {
    self.flip = flip
    self.crop = crop
  }

  /// The side that the clip's square is scaled to before a square of `size` is cut from it.
  ///
  /// One of four, so that few readers are open for each clip.
  func side(for size: Int, random: inout RandomSource) -> Int {
    guard crop < 1 else { return size }
    let share = crop + (1 - crop) * Double(random.integer(below: 4)) / 3
    return max(size, Int((Double(size) / share).rounded()))
  }

  /// Where the square lies, and whether it is mirrored.
  func window(
    of size: Int, in side: Int, caption: String, random: inout RandomSource
  ) -> CropWindow {
    var window = CropWindow(size: size)
    if side > size {
      window.x = random.integer(below: side - size + 1)
      window.y = random.integer(below: side - size + 1)
    }
    if flip > 0 {
      let draw = random.uniform()
      window.isMirrored = draw < flip && !Self.tellsSides(caption)
    }
    return window
  }

  /// Whether a mirror would make the caption wrong.
  static func tellsSides(_ caption: String) -> Bool {
    let sides: Set<Substring> = [
      "left", "right", "leftward", "rightward", "leftwards", "rightwards", "lefthand", "righthand",
      "leftmost", "rightmost", "clockwise", "counterclockwise", "anticlockwise", "text", "letters",
      "word", "words", "sign",
    ]
    return caption.lowercased().split { !$0.isLetter }.contains { sides.contains($0) }
  }
}

/// A square of a frame.
struct CropWindow: Equatable {
  var x = 0
  var y = 0
  let size: Int
  var isMirrored = false

  init(size: Int) { self.size = size }

  func append(_ frame: Frame, to pixels: inout [UInt8]) {
    for row in y..<y + size {
      let start = (row * frame.width + x) * 3
      guard isMirrored else {
        pixels += frame.pixels[start..<start + size * 3]
        continue
      }
      for column in (0..<size).reversed() {
        pixels += frame.pixels[start + column * 3..<start + column * 3 + 3]
      }
    }
  }
}
