/// Chooses the palette colours of a playing picture's cells so that a frame stays small.
///
/// Each cell is what costs least in error plus weight times bytes: as it should be, as it was, or
/// in colours that the terminal has at hand. With weight 0 whatever is drawn is as it should be.
struct FrugalCells {
  /// Two palette entries, and which pixels of the cell have the first: bit k for the k-th.
  ///
  /// The last pixel has the second one, and a cell of one colour has it twice, so that equal looks
  /// are equal.
  struct Choice: Equatable, Sendable {
    var first: UInt8
    var second: UInt8
    var mask: UInt8

    init(_ first: UInt8, _ second: UInt8, mask: UInt8, pixels: Int) {
      let all = UInt8(1 << pixels - 1)
      if first == second || mask == 0 || mask == all {
        let only = mask == all ? first : second
        (self.first, self.second, self.mask) = (only, only, 0)
      } else if mask >> UInt8(pixels - 1) != 0 {
        (self.first, self.second, self.mask) = (second, first, all & ~mask)
      } else {
        (self.first, self.second, self.mask) = (first, second, mask)
      }
    }

    /// The colour of the k-th pixel.
    func entry(_ pixel: Int) -> UInt8 { mask >> UInt8(pixel) & 1 == 1 ? first : second }
  }

  let size: Size
  /// Pixels in a cell.
  let pixelsPerCell: Int
  /// The pixels of one cell after those of another: red, green, blue.
  let points: [SIMD4<Int32>]
  let exact: [Choice]
  /// What the terminal shows; empty if that is another picture.
  let previous: [Choice]

  private static let colors: [SIMD4<Int32>] = Palette256.colors.map {
    SIMD4(Int32($0.red), Int32($0.green), Int32($0.blue), 0)
  }
  /// Roughly how much more the eye minds an error in green than in red or blue.
  private static let importance = SIMD4<Int32>(2, 4, 3, 0)

  /// The cells, and about how many bytes the terminal will be sent for them.
  ///
  /// Beyond `limit` bytes cells stay as they were, if they were anything.
  func choices(weight: Int32, limit: Int = .max) -> (cells: [Choice], bytes: Int) {
    var cells = exact
    var meter = ByteMeter()
    for y in 0..<size.height {
      meter.beginRow()
      for index in y * size.width..<(y + 1) * size.width {
        let stays = !previous.isEmpty && exact[index] == previous[index]
        if !stays, meter.bytes > limit, !previous.isEmpty {
          cells[index] = previous[index]
        } else if !stays, weight > 0 {
          cells[index] = cheapest(index, weight, meter)
        }
        if stays || !previous.isEmpty && cells[index] == previous[index] {
          meter.skip(cells[index])
        } else {
          meter.draw(cells[index])
        }
      }
    }
    return (cells, meter.bytes)
  }

  private func cheapest(_ index: Int, _ weight: Int32, _ meter: ByteMeter) -> Choice {
    let exact = exact[index]
    let start = index * pixelsPerCell
    let exactError = error(exact, start)
    var best = exact
    var least = weight * Int32(meter.cost(exact))
    func consider(_ choice: Choice, _ error: Int32, bytes: Int) {
      // The exact one wins where it costs no more.
      let price = max(0, error - exactError) + 1 + weight * Int32(bytes)
      if price < least {
        least = price
        best = choice
      }
    }
    if !previous.isEmpty {
      // Not nothing: it may become a bridge between cells that are drawn.
      consider(previous[index], error(previous[index], start), bytes: 2)
    }
    let colors = [exact.first, exact.second, meter.foreground, meter.background]
    for one in 0..<4 {
      for two in one..<4 {
        guard let first = colors[one], let second = colors[two] else { continue }
        let (mask, error) = parted(first, second, start)
        let choice = Choice(first, second, mask: mask, pixels: pixelsPerCell)
        consider(choice, error, bytes: meter.cost(choice))
      }
    }
    return best
  }

  /// Each pixel in the nearer of two colours, and the error of that.
  private func parted(_ first: UInt8, _ second: UInt8, _ start: Int) -> (UInt8, Int32) {
    var mask: UInt8 = 0
    var sum: Int32 = 0
    for pixel in 0..<pixelsPerCell {
      let one = distance(points[start + pixel], first)
      let two = distance(points[start + pixel], second)
      if one < two { mask |= 1 << UInt8(pixel) }
      sum += min(one, two)
    }
    return (mask, sum)
  }

  private func error(_ choice: Choice, _ start: Int) -> Int32 {
    var sum: Int32 = 0
    for pixel in 0..<pixelsPerCell {
      sum += distance(points[start + pixel], choice.entry(pixel))
    }
    return sum
  }

  private func distance(_ point: SIMD4<Int32>, _ entry: UInt8) -> Int32 {
    let difference = point &- Self.colors[Int(entry)]
    return (difference &* difference &* Self.importance).wrappedSum()
  }
}

/// Counts what the terminal will be sent for cells: `FrameEncoder`'s way to tell colours, and
/// ncurses' way to bridge gaps.
struct ByteMeter {
  /// Up to so many cells that stay are sent again rather than jumped over.
  private static let longestBridge = 3

  /// The marks around a frame and the first position.
  private(set) var bytes = 24
  private(set) var foreground: UInt8?
  private(set) var background: UInt8?
  private var hasDrawnInRow = false
  private var gap = 0
  private var bridge: [FrugalCells.Choice] = []

  mutating func beginRow() {
    hasDrawnInRow = false
    leaveGap()
  }

  /// A cell that stays as it is.
  mutating func skip(_ cell: FrugalCells.Choice) {
    gap += 1
    if hasDrawnInRow, gap <= Self.longestBridge { bridge.append(cell) }
  }

  mutating func draw(_ cell: FrugalCells.Choice) {
    if !hasDrawnInRow {
      bytes += 7
    } else if gap > Self.longestBridge {
      bytes += 6
    } else {
      for cell in bridge { take(cell) }
    }
    leaveGap()
    hasDrawnInRow = true
    take(cell)
  }

  private mutating func leaveGap() {
    gap = 0
    bridge.removeAll(keepingCapacity: true)
  }

  /// Bytes of a cell with the colours at hand.
  func cost(_ cell: FrugalCells.Choice) -> Int {
    if cell.mask == 0 { return 1 + (background == cell.second ? 0 : Self.alone(cell.second)) }
    return 3 + min(cost(cell.first, cell.second), cost(cell.second, cell.first))
  }

  private func cost(_ one: UInt8, _ two: UInt8) -> Int {
    let (isOne, isTwo) = (foreground == one, background == two)
    if isOne { return isTwo ? 0 : Self.alone(two) }
    return Self.alone(one) + (isTwo ? 0 : Self.alone(two) - 2)
  }

  private mutating func take(_ cell: FrugalCells.Choice) {
    bytes += cost(cell)
    if cell.mask == 0 {
      background = cell.second
    } else if cost(cell.second, cell.first) < cost(cell.first, cell.second) {
      (foreground, background) = (cell.second, cell.first)
    } else {
      (foreground, background) = (cell.first, cell.second)
    }
  }

  /// Of a sequence that sets one colour.
  private static func alone(_ entry: UInt8) -> Int {
    entry < 16 ? 5 : entry < 100 ? 10 : 11
  }
}
