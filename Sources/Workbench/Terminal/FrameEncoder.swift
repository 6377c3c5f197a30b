/// Turns what ncurses composed into what the terminal gets: pens become colours, told once.
///
/// ncurses repeats both colours of a cell whenever one changes, and knows neither truecolor with
/// more than 65,536 combinations nor that a half block with its colours exchanged is the other
/// half block. This encoder does; it changes no cell's place and no cell's look.
struct FrameEncoder {
  /// Whether erased cells take the background colour, so that blanks can be erased instead.
  var erasesWithBackground = false
  /// Whether a block may be replaced by its complement with exchanged colours.
  var swapsBlocks = true

  private(set) var output: [UInt8] = []

  // What the terminal has, and what the next glyph wants.
  private var shown = Pencil()
  private var wanted = Pencil()
  private var isShownKnown = false
  /// Pen numbers in two halves, as ncurses names the colours of a pair; -1 for the default.
  private var upper: Int32 = -1
  private var lower: Int32 = -1
  private var blanks = 0

  private struct Pencil: Equatable {
    var foreground: Ink = 0
    var background: Ink = 0
    var attributes: UInt8 = 0
  }

  /// Forgets what the terminal has, as after a suspension.
  mutating func forget() { isShownKnown = false }

  mutating func clearOutput() { output.removeAll(keepingCapacity: true) }

  mutating func append(_ text: String) { output += Array(text.utf8) }

  /// Translates one update of ncurses.
  mutating func translate(_ bytes: UnsafeBufferPointer<UInt8>, pens: PenBox) {
    if !isShownKnown {
      output += [0x1b, 0x5b, 0x6d]
      shown = Pencil()
      isShownKnown = true
    }
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x1b {
        place = escape(bytes, place, pens)
      } else if byte == 0x0e, place + 2 < bytes.count {
        flushBlanks()
        goToColumn(bytes[place + 1], bytes[place + 2])
        place += 3
      } else if byte < 0x20 {
        flushBlanks()
        output.append(byte)
        place += 1
      } else {
        let length = min(Self.length(byte), bytes.count - place)
        if byte == 0x20, wanted.attributes & Self.visibleOnBlanks == 0 {
          if blanks == 0 { takeBackground() }
          blanks += 1
        } else {
          flushBlanks()
          glyph(bytes, place, length)
        }
        place += length
      }
    }
    flushBlanks()
  }

  // MARK: - Sequences

  private mutating func escape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ pens: PenBox
  ) -> Int {
    guard start + 1 < bytes.count, bytes[start + 1] == 0x5b else {
      // ESC ( B and the like: character sets never change here.
      return min(bytes.count, start + (start + 1 < bytes.count && bytes[start + 1] == 0x28 ? 3 : 2))
    }
    var end = start + 2
    while end < bytes.count, bytes[end] < 0x40 { end += 1 }
    guard end < bytes.count else { return bytes.count }
    if bytes[end] == 0x6d {
      // The blanks before belong to the colours before.
      if blanks > 0 { flushBlanks() }
      takeColours(bytes, start + 2, end, pens)
    } else {
      flushBlanks()
      switch bytes[end] {
      case 0x4a where bytes[end - 1] == 0x32:
        // The whole screen is cleared in the terminal's own colours.
        if shown != Pencil() { output += [0x1b, 0x5b, 0x6d] }
        shown = Pencil()
      case 0x4a, 0x4b, 0x58, 0x40, 0x50:
        // Erased and inserted cells take the background; our own description has none of them.
        takeBackground()
      default: break
      }
      for place in start...end { output.append(bytes[place]) }
    }
    return end + 1
  }

  /// `PrivateTerminfo`'s short form of `hpa`: columns from 1, in two digits to the base 200.
  private mutating func goToColumn(_ high: UInt8, _ low: UInt8) {
    output += [0x1b, 0x5b]
    parameter(Int(high &- 33) * 200 + Int(low &- 33))
    output[output.count - 1] = 0x47
  }

  private mutating func takeColours(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ pens: PenBox
  ) {
    var number: Int32 = 0
    var colour = Parameter.any
    for place in start...end {
      let byte = bytes[place]
      if byte >= 0x30, byte <= 0x39 {
        number = (number &* 10 &+ Int32(byte - 0x30)) & 0xffff
      } else {
        colour = takeParameter(number, after: colour)
        number = 0
      }
    }
    let pen = upper < 0 || lower < 0 ? 0 : Int(upper << 8 | lower & 255)
    guard pen < pens.count else { return }
    wanted.foreground = pens.foregrounds[pen]
    wanted.background = pens.backgrounds[pen]
  }

  /// What a number means after those before it.
  private enum Parameter {
    case any
    case kind(isBackground: Bool)
    case index(isBackground: Bool)
  }

  private mutating func takeParameter(_ number: Int32, after state: Parameter) -> Parameter {
    switch state {
    case .kind(let isBackground): return number == 5 ? .index(isBackground: isBackground) : .any
    case .index(let isBackground):
      if isBackground { lower = number } else { upper = number }
      return .any
    case .any: break
    }
    switch number {
    case 0:
      wanted.attributes = 0
      (upper, lower) = (-1, -1)
    case 1: wanted.attributes |= Attributes.bold.rawValue
    case 2: wanted.attributes |= Attributes.dim.rawValue
    case 4: wanted.attributes |= Attributes.underline.rawValue
    case 7: wanted.attributes |= Attributes.reverse.rawValue
    case 24: wanted.attributes &= ~Attributes.underline.rawValue
    case 27: wanted.attributes &= ~Attributes.reverse.rawValue
    case 30...37: upper = number - 30
    case 40...47: lower = number - 40
    case 90...97: upper = number - 82
    case 100...107: lower = number - 92
    case 38: return .kind(isBackground: false)
    case 48: return .kind(isBackground: true)
    case 39: upper = -1
    case 49: lower = -1
    default: break
    }
    return .any
  }

  // MARK: - Glyphs

  private static func length(_ lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  }

  private mutating func glyph(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ length: Int
  ) {
    // U+2580…U+259F are E2 96 80…9F. The terminal's default foreground is no background.
    if length == 3, bytes[place] == 0xe2, bytes[place + 1] == 0x96, bytes[place + 2] < 0xa0,
      swapsBlocks, wanted.attributes == 0, wanted.foreground != 0, wanted.background != 0
    {
      block(bytes[place + 2])
      return
    }
    take(wanted)
    for index in place..<place + length { output.append(bytes[index]) }
  }

  private mutating func block(_ last: UInt8) {
    let swapped = Self.complements[Int(last & 31)]
    let (one, two) = (wanted.foreground, wanted.background)
    if swapped == 0x20 {
      // A full block is a blank in the other colour.
      take(Pencil(foreground: shown.foreground, background: one))
      output.append(0x20)
    } else if swapped != 0, cost(two, one) < cost(one, two) {
      take(Pencil(foreground: two, background: one))
      output += [0xe2, 0x96, swapped]
    } else {
      take(wanted)
      output += [0xe2, 0x96, last]
    }
  }

  /// For U+2580…U+259F the last byte of the glyph with exchanged colours; 0 if there is none.
  private static let complements: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 32)
    for (one, two) in [
      (0x80, 0x84), (0x8c, 0x90), (0x98, 0x9f), (0x9d, 0x99), (0x96, 0x9c), (0x97, 0x9b),
      (0x9a, 0x9e),
    ] {
      table[one & 31] = UInt8(two)
      table[two & 31] = UInt8(one)
    }
    table[0x88 & 31] = 0x20
    return table
  }()

  private func cost(_ foreground: Ink, _ background: Ink) -> Int {
    (foreground == shown.foreground ? 0 : Self.weight(foreground))
      + (background == shown.background ? 0 : Self.weight(background))
  }

  private static func weight(_ ink: Ink) -> Int {
    ink >> 24 == 3 ? 16 : ink == 0 ? 2 : ink & 0xff < 16 ? 2 : 8
  }

  // MARK: - Blanks

  private mutating func takeBackground() {
    var pencil = shown
    pencil.background = wanted.background
    if shown.attributes & Self.visibleOnBlanks != 0 { pencil.attributes = 0 }
    take(pencil)
  }

  private mutating func flushBlanks() {
    guard blanks > 0 else { return }
    if erasesWithBackground, blanks > 10 {
      append("\u{1b}[\(blanks)X\u{1b}[\(blanks)C")
    } else {
      for _ in 0..<blanks { output.append(0x20) }
    }
    blanks = 0
  }

  // MARK: - Colours and attributes

  /// Reverse and underline show where there is no glyph.
  private static let visibleOnBlanks =
    Attributes.reverse.rawValue | Attributes.underline.rawValue

  /// Tells the terminal the difference between what it has and what is wanted.
  private mutating func take(_ pencil: Pencil) {
    if shown == pencil { return }
    output += [0x1b, 0x5b]
    let start = output.count
    if shown.attributes != pencil.attributes { attributes(from: shown.attributes, to: pencil) }
    if pencil.foreground != shown.foreground { ink(pencil.foreground, base: 30) }
    if pencil.background != shown.background { ink(pencil.background, base: 40) }
    if output.count > start { output[output.count - 1] = 0x6d }
    shown = pencil
  }

  private mutating func attributes(from old: UInt8, to pencil: Pencil) {
    let lost = old & ~pencil.attributes
    var gained = pencil.attributes & ~old
    if lost & 0b11 != 0 {
      // Bold and dim end together.
      parameter(22)
      gained |= pencil.attributes & 0b11
    }
    if lost & Attributes.reverse.rawValue != 0 { parameter(27) }
    if lost & Attributes.underline.rawValue != 0 { parameter(24) }
    if gained & Attributes.bold.rawValue != 0 { parameter(1) }
    if gained & Attributes.dim.rawValue != 0 { parameter(2) }
    if gained & Attributes.reverse.rawValue != 0 { parameter(7) }
    if gained & Attributes.underline.rawValue != 0 { parameter(4) }
  }

  /// A colour's parameters, each followed by a semicolon.
  private mutating func ink(_ ink: Ink, base: Int) {
    let index = Int(ink & 0xff)
    switch ink >> 24 {
    case 0: parameter(base + 9)
    case 1 where index < 8: parameter(base + index)
    case 1 where index < 16: parameter(base + 52 + index)
    case 1:
      parameter(base + 8)
      parameter(5)
      parameter(index)
    default:
      parameter(base + 8)
      parameter(2)
      parameter(Int(ink >> 16 & 0xff))
      parameter(Int(ink >> 8 & 0xff))
      parameter(index)
    }
  }

  /// A number of up to three digits and a semicolon.
  private mutating func parameter(_ value: Int) {
    if value >= 100 { output.append(UInt8(0x30 + value / 100)) }
    if value >= 10 { output.append(UInt8(0x30 + value / 10 % 10)) }
    output.append(UInt8(0x30 + value % 10))
    output.append(0x3b)
  }
}
