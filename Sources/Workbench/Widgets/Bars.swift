/// Bars in eighths of a cell.
package enum Bars {
  private static let upright: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let lying: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  private static let letters: [Unicode.Scalar] = [" ", ".", ".", ":", ":", "|", "|", "#", "#"]

  /// The glyph of a bar that fills `eighths` of a cell from below.
  static func upright(_ eighths: Int, _ symbols: SymbolSet) -> Unicode.Scalar {
    (symbols == .ascii ? letters : upright)[min(max(eighths, 0), 8)]
  }

  static func lying(_ eighths: Int, _ symbols: SymbolSet) -> Unicode.Scalar {
    let eighths = min(max(eighths, 0), 8)
    return symbols == .ascii ? (eighths >= 4 ? "#" : " ") : lying[eighths]
  }
}

extension Screen {
  /// A bar lying on one row, `share` (0…1) of `width` long.
  package mutating func bar(
    _ share: Double, x: Int, y: Int, width: Int, color: Color = .role(.progress),
    track: Color? = .role(.track), context: DrawingContext
  ) {
    let share = share.isFinite ? min(max(share, 0), 1) : 0
    let eighths = Int((share * Double(max(0, width)) * 8).rounded())
    for column in 0..<max(0, width) {
      let background = track ?? self[x + column, y].style.background
      var glyph = Bars.lying(eighths - 8 * column, context.symbols)
      if context.symbols == .ascii, glyph == " ", track != nil { glyph = "-" }
      self[x + column, y] = Cell(glyph, style: Style(color, on: background))
    }
  }

  /// A bar with a label behind it: how far a job is.
  package mutating func gauge(
    _ share: Double, label: String, x: Int, y: Int, width: Int, style: Style = .plain,
    context: DrawingContext
  ) {
    let label = label.clipped(to: max(0, width))
    let room = width - label.columns - (label.isEmpty ? 0 : 1)
    if room >= 3 { bar(share, x: x, y: y, width: room, context: context) }
    put(label, x: x + (room >= 3 ? room + 1 : 0), y: y, style: style)
  }

  /// The last values that fit, one column each, scaled between `range` or their own extremes.
  package mutating func sparkline(
    _ values: [Double], x: Int, y: Int, width: Int, style: Style = Style(.accent),
    range: ClosedRange<Double>? = nil, context: DrawingContext
  ) {
    let shown = values.suffix(max(0, width))
    let finite = shown.filter(\.isFinite)
    guard let low = range?.lowerBound ?? finite.min(), let high = range?.upperBound ?? finite.max()
    else { return }
    for (column, value) in shown.enumerated() where value.isFinite {
      let share = high > low ? min(max((value - low) / (high - low), 0), 1) : 0.5
      let eighths = 1 + Int((share * 7).rounded())
      self[x + column, y] = Cell(Bars.upright(eighths, context.symbols), style: style)
    }
  }

  /// Upright bars from the bottom of `rect`, one for each value, all as wide as fits.
  ///
  /// `shares` are 0…1 of the height; a share above 0 shows at least an eighth of a cell.
  package mutating func histogram(
    _ shares: [Double], in rect: Rect, color: (Int) -> Color = { _ in .role(.accent) },
    context: DrawingContext
  ) {
    guard !shares.isEmpty, !rect.isEmpty else { return }
    let shares = shares.count > rect.width ? Self.merged(shares, into: rect.width) : shares
    let width = max(1, rect.width / shares.count)
    for (index, share) in shares.enumerated() where share.isFinite && share > 0 {
      let eighths = max(1, Int((min(share, 1) * Double(rect.height) * 8).rounded()))
      let bars = width > 2 ? width - 1 : width
      for row in 0..<rect.height {
        let glyph = Bars.upright(eighths - 8 * row, context.symbols)
        guard glyph != " " else { break }
        for column in 0..<bars {
          let (x, y) = (rect.x + index * width + column, rect.maxY - 1 - row)
          self[x, y] = Cell(glyph, style: Style(color(index), on: self[x, y].style.background))
        }
      }
    }
  }

  /// Neighbours joined by their largest value.
  private static func merged(_ shares: [Double], into count: Int) -> [Double] {
    (0..<count).map { index in
      let range = index * shares.count / count..<(index + 1) * shares.count / count
      return shares[range].max() ?? 0
    }
  }
}
