/// How a picture is drawn in cells.
package enum PictureMode: String, CaseIterable, Hashable, Sendable {
  /// Two exact colours in a cell, one above the other.
  case half
  /// Four pixels in a cell, in the best two colours.
  case quadrant
  /// Light and dark as letters.
  case ascii
  /// Eight dots in a cell, in one colour, dithered.
  case braille

  /// What is possible: without colours dots or letters, without UTF-8 letters.
  package func possible(in context: DrawingContext) -> PictureMode {
    if context.symbols == .ascii { return .ascii }
    return context.isMonochrome && self != .ascii ? .braille : self
  }

  /// The next one, for a key that goes through them.
  package var next: PictureMode {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// Pixels in a cell, across and down.
  var density: (x: Int, y: Int) {
    switch self {
    case .half: (1, 2)
    case .quadrant: (2, 2)
    case .ascii: (1, 1)
    case .braille: (2, 4)
    }
  }

  /// The largest size in cells, twice as high as wide, that shows a picture undistorted.
  package static func size(ofWidth width: Int, height: Int, fitting room: Size) -> Size {
    guard width > 0, height > 0, room.area > 0 else { return Size(width: 0, height: 0) }
    let scale = min(
      Double(room.width) / Double(width), 2 * Double(room.height) / Double(height))
    return Size(
      width: min(room.width, max(1, Int((Double(width) * scale).rounded()))),
      height: min(room.height, max(1, Int((Double(height) * scale / 2).rounded()))))
  }
}
