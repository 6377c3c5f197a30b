import TokenizerEngine

/// What each bit of the code does: how often it is 1, around one half, and its entropy.
struct BitStrip {
  let statistics: LevelUsage
  let symbols: SymbolSet

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 4 else { return }
    let (title, below) = rect.splitTop(1)
    screen.put(
      below.width >= 50
        ? "bits: P(1) from one half, then entropy, mean \(Numbers.fixed(statistics.meanBitEntropy, 3))"
        : "P(1) of bits, entropy \(Numbers.fixed(statistics.meanBitEntropy, 3))",
      in: title, style: Style(.title, on: .background, .bold))
    let pitch = max(1, min(4, below.width / max(1, statistics.bits)))
    let bar = max(1, pitch - 1)
    let barRows = max(2, (below.height - 2) / 2 * 2)
    let half = barRows / 2
    for bit in 0..<statistics.bits {
      let x = below.x + bit * pitch
      guard x + bar <= below.maxX else { break }
      let isDead = statistics.deadBits.contains(bit)
      let number = bar > 1 || bit < 10 ? "\(bit)" : "\(bit % 10)"
      screen.put(
        number, in: Rect(x: x, y: below.y, width: max(bar, number.count), height: 1),
        style: Style(isDead ? .error : .secondary, on: .background, isDead ? .bold : []))
      drawBar(
        statistics.ones[bit] - 0.5, isDead: isDead, on: &screen,
        in: Rect(x: x, y: below.y + 1, width: bar, height: barRows), half: half)
      drawEntropy(
        statistics.bitEntropy[bit], on: &screen,
        in: Rect(x: x, y: below.y + 1 + barRows, width: bar, height: 1))
    }
  }

  /// Up for mostly 1, down for mostly 0; a whole half is certainty.
  private func drawBar(
    _ offset: Double, isDead: Bool, on screen: inout Screen, in rect: Rect, half: Int
  ) {
    screen.fill(rect, style: Style(.text, on: .track))
    let units = Int((abs(offset) * 2 * Double(half * 8)).rounded())
    let role: ThemeRole = isDead ? .error : offset < 0 ? .series2 : .series1
    for step in 0..<half {
      let filled = min(8, units - step * 8)
      guard filled > 0 else { break }
      let y = offset >= 0 ? rect.y + half - 1 - step : rect.y + half + step
      guard rect.contains(x: rect.x, y: y) else { continue }
      for x in rect.x..<rect.maxX {
        if offset >= 0 || filled == 8 {
          screen[x, y] = Cell(Bars.upright(filled, symbols), style: Style(role, on: .track))
        } else {
          // Blocks grow upwards, so a bar that hangs is what is left of a full one.
          screen[x, y] = Cell(Bars.upright(8 - filled, symbols), style: Style(.track, on: role))
        }
      }
    }
  }

  private func drawEntropy(_ entropy: Double, on screen: inout Screen, in rect: Rect) {
    let height = min(7, max(0, Int(entropy * 8)))
    let role: ThemeRole = entropy < 0.5 ? .error : entropy < 0.9 ? .warning : .success
    for x in rect.x..<rect.maxX {
      screen[x, rect.y] = Cell(Bars.upright(height + 1, symbols), style: Style(role))
    }
  }
}
