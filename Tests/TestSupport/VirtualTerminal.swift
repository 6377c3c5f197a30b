/// A terminal without a window: eats bytes, shows what a person would see, and remembers modes.
///
/// Knows what our programs send: cursor movements, erasing, SGR with 256 colours and truecolor,
/// repetition, scrolling, the alternate screen, private modes, and strings (which it skips).
package struct VirtualTerminal {
  package enum Shade: Hashable, Sendable {
    case standard
    case palette(Int)
    case rgb(Int, Int, Int)
  }

  package struct Pencil: Hashable, Sendable {
    package var foreground = Shade.standard
    package var background = Shade.standard
    package var isBold = false
    package var isDim = false
    package var isUnderlined = false
    package var isReversed = false
    package init() {}
  }

  package struct Spot: Hashable, Sendable {
    /// Empty in the right half of a wide character.
    package var text = " "
    package var pencil = Pencil()
    package init() {}
  }

  package private(set) var width: Int
  package private(set) var height: Int
  /// Row by row.
  package private(set) var spots: [Spot]
  package private(set) var cursorX = 0
  package private(set) var cursorY = 0
  package private(set) var pencil = Pencil()
  /// Private modes that are on; 25 (the cursor) is on from the start.
  package private(set) var modes: Set<Int> = [7, 25]
  package private(set) var isKeypadApplication = false
  /// Sequences it did not know, for tests that want none.
  package private(set) var unknown: [String] = []
  /// Frames ended by mode 2026.
  package private(set) var frameCount = 0

  private var mainScreen: [Spot]?
  private var wraps = false
  private var pending: [UInt8] = []
  private var lastText = " "

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
    spots = Array(repeating: Spot(), count: width * height)
  }

  /// Rows without trailing blanks, each ended by a newline.
  package var text: String {
    (0..<height).map { row($0) + "\n" }.joined()
  }

  package func row(_ y: Int) -> String {
    var row = spots[y * width..<(y + 1) * width].map(\.text).joined()
    while row.last == " " { row.removeLast() }
    return row
  }

  package func spot(x: Int, y: Int) -> Spot { spots[y * width + x] }

  /// Whether a full-screen program left everything as it found it.
  package var isRestored: Bool {
    modes == [7, 25] && mainScreen == nil && pencil == Pencil() && !isKeypadApplication
  }

  /// Cuts or extends at the right and at the bottom.
  package mutating func resize(width: Int, height: Int) {
    var resized = Array(repeating: Spot(), count: width * height)
    for y in 0..<min(height, self.height) {
      for x in 0..<min(width, self.width) { resized[y * width + x] = spots[y * self.width + x] }
    }
    spots = resized
    self.width = width
    self.height = height
    cursorX = min(cursorX, width - 1)
    cursorY = min(cursorY, height - 1)
  }

  package mutating func write(_ bytes: some Sequence<UInt8>) {
    pending += bytes
    var place = 0
    while place < pending.count {
      let length = step(at: place)
      guard length > 0 else { break }
      place += length
    }
    pending.removeFirst(place)
  }

  /// Takes one character or sequence; 0 if it is not complete.
  private mutating func step(at place: Int) -> Int {
    let byte = pending[place]
    switch byte {
    case 0x1b: return escape(at: place)
    case 0x0d: cursorX = 0
    case 0x0a: lineFeed()
    case 0x08: cursorX = max(0, cursorX - 1)
    case 0x09: cursorX = min(width - 1, (cursorX / 8 + 1) * 8)
    case ..<0x20, 0x7f: break
    default:
      let length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
      guard place + length <= pending.count else { return 0 }
      put(String(decoding: pending[place..<place + length], as: UTF8.self))
      return length
    }
    wraps = false
    return 1
  }

  private mutating func escape(at place: Int) -> Int {
    guard place + 1 < pending.count else { return 0 }
    switch pending[place + 1] {
    case 0x5b:
      var end = place + 2
      while end < pending.count, pending[end] < 0x40, pending[end] != 0x1b { end += 1 }
      guard end < pending.count else { return 0 }
      // As terminals do: a sequence that was cut short is forgotten when the next one begins.
      if pending[end] == 0x1b { return end - place }
      control(Array(pending[place + 2..<end]), pending[end])
      return end - place + 1
    case 0x5d, 0x50, 0x5f, 0x5e:
      var end = place + 2
      while end < pending.count {
        if pending[end] == 7 { return end - place + 1 }
        if pending[end] == 0x5c, pending[end - 1] == 0x1b { return end - place + 1 }
        end += 1
      }
      return 0
    case 0x28, 0x29: return place + 2 < pending.count ? 3 : 0
    case 0x3d: isKeypadApplication = true
    case 0x3e: isKeypadApplication = false
    default: unknown.append("ESC \(Character(Unicode.Scalar(pending[place + 1])))")
    }
    return 2
  }

  // MARK: - Characters

  private mutating func put(_ text: String) {
    guard let scalar = text.unicodeScalars.first else { return }
    if scalar.properties.generalCategory == .nonspacingMark {
      let x = wraps ? cursorX : max(0, cursorX - 1)
      spots[cursorY * width + x].text += text
      return
    }
    let columns = Self.isWide(scalar) ? 2 : 1
    if wraps || cursorX + columns > width {
      cursorX = 0
      lineFeed()
    }
    wraps = false
    lastText = text
    var spot = Spot()
    spot.pencil = pencil
    if columns == 2, cursorX + 1 < width {
      spot.text = ""
      spots[cursorY * width + cursorX + 1] = spot
    }
    spot.text = text
    spots[cursorY * width + cursorX] = spot
    cursorX += columns
    if cursorX >= width {
      cursorX = width - 1
      wraps = true
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff01...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }

  private mutating func lineFeed() {
    if cursorY < height - 1 {
      cursorY += 1
    } else {
      spots.removeFirst(width)
      spots += Array(repeating: Spot(), count: width)
    }
  }

  // MARK: - Sequences

  private mutating func control(_ parameters: [UInt8], _ final: UInt8) {
    let text = String(decoding: parameters, as: UTF8.self)
    if text.hasPrefix("?") {
      let numbers = text.dropFirst().split(separator: ";").compactMap { Int($0) }
      for number in numbers where final == 0x68 || final == 0x6c { set(number, final == 0x68) }
      return
    }
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let first = numbers.first ?? 0
    let count = max(1, first)
    wraps = final == 0x6d && wraps
    switch Character(Unicode.Scalar(final)) {
    case "m": select(numbers)
    case "H", "f":
      move(x: max(1, numbers.count > 1 ? numbers[1] : 1) - 1, y: count - 1)
    case "A": move(x: cursorX, y: cursorY - count)
    case "B": move(x: cursorX, y: cursorY + count)
    case "C": move(x: cursorX + count, y: cursorY)
    case "D": move(x: cursorX - count, y: cursorY)
    case "G": move(x: count - 1, y: cursorY)
    case "d": move(x: cursorX, y: count - 1)
    case "J": eraseScreen(first)
    case "K": eraseLine(first)
    case "X": erase(cursorY * width + cursorX..<cursorY * width + min(width, cursorX + count))
    case "b": for _ in 0..<count { put(lastText) }
    case "c", "t": break
    default: unknown.append("CSI \(text) \(Character(Unicode.Scalar(final)))")
    }
  }

  private mutating func move(x: Int, y: Int) {
    cursorX = min(max(0, x), width - 1)
    cursorY = min(max(0, y), height - 1)
  }

  private mutating func erase(_ range: Range<Int>) {
    var spot = Spot()
    spot.pencil.background = pencil.background
    for place in range { spots[place] = spot }
  }

  private mutating func eraseScreen(_ part: Int) {
    let cursor = cursorY * width + cursorX
    switch part {
    case 0: erase(cursor..<spots.count)
    case 1: erase(0..<cursor + 1)
    default: erase(0..<spots.count)
    }
  }

  private mutating func eraseLine(_ part: Int) {
    let start = cursorY * width
    switch part {
    case 0: erase(start + cursorX..<start + width)
    case 1: erase(start..<start + cursorX + 1)
    default: erase(start..<start + width)
    }
  }

  private mutating func set(_ mode: Int, _ isOn: Bool) {
    switch mode {
    case 1049:
      if isOn, mainScreen == nil {
        mainScreen = spots
        spots = Array(repeating: Spot(), count: width * height)
      } else if !isOn, let saved = mainScreen {
        spots = saved.count == spots.count ? saved : spots
        mainScreen = nil
      }
    case 2026:
      if !isOn, modes.contains(2026) { frameCount += 1 }
    default: break
    }
    if isOn { modes.insert(mode) } else { modes.remove(mode) }
  }

  private mutating func select(_ numbers: [Int]) {
    var place = 0
    while place < numbers.count {
      let number = numbers[place]
      place += 1
      switch number {
      case 0: pencil = Pencil()
      case 1: pencil.isBold = true
      case 2: pencil.isDim = true
      case 4: pencil.isUnderlined = true
      case 7: pencil.isReversed = true
      case 22:
        pencil.isBold = false
        pencil.isDim = false
      case 24: pencil.isUnderlined = false
      case 27: pencil.isReversed = false
      case 30...37: pencil.foreground = .palette(number - 30)
      case 40...47: pencil.background = .palette(number - 40)
      case 90...97: pencil.foreground = .palette(number - 82)
      case 100...107: pencil.background = .palette(number - 92)
      case 39: pencil.foreground = .standard
      case 49: pencil.background = .standard
      case 38, 48:
        guard let shade = Self.shade(numbers, &place) else { return }
        if number == 38 { pencil.foreground = shade } else { pencil.background = shade }
      default: unknown.append("SGR \(number)")
      }
    }
  }

  private static func shade(_ numbers: [Int], _ place: inout Int) -> Shade? {
    let rest = numbers[place...]
    if rest.first == 5, rest.count >= 2 {
      place += 2
      return .palette(numbers[place - 1])
    }
    guard rest.first == 2, rest.count >= 4 else { return nil }
    place += 4
    return .rgb(numbers[place - 3], numbers[place - 2], numbers[place - 1])
  }
}
