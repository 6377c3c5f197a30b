/// A complete `ESC [ … letter`, taken apart.
struct ControlSequence {
  /// `<`, `?`, `=` or `>`; 0 for none.
  private var mark: UInt8 = 0
  private var numbers: [Int] = []
  private var last: UInt8 = 0

  init(_ bytes: [UInt8]) {
    var body = bytes.dropFirst(2)
    last = body.popLast() ?? 0
    if let first = body.first, (0x3c...0x3f).contains(first) {
      mark = first
      body = body.dropFirst()
    }
    var number = 0
    for byte in body {
      switch byte {
      case 0x30...0x39: number = min(number * 10 + Int(byte - 0x30), 99_999)
      case 0x3b, 0x3a:
        numbers.append(number)
        number = 0
      default: break
      }
    }
    numbers.append(number)
  }

  var item: InputDecoder.Item? {
    switch (mark, last) {
    case (0x3c, 0x4d), (0x3c, 0x6d): mouse.map { .key(.mouse($0)) }
    case (0x3f, 0x63): .reply(.fence)
    case (0, 0x49): .key(.focus(true))
    case (0, 0x4f): .key(.focus(false))
    case (0, 0x5a): .key(.backTab)
    case (0, 0x7e): numbered.map { .key($0) }
    case (0, 0x75): encoded.map { .key($0) }
    case (0, _): Self.letterKey(last, modifiers).map { .key($0) }
    default: nil
    }
  }

  private var modifiers: Key.Modifiers {
    numbers.count > 1 ? Key.Modifiers(xtermCode: numbers[1]) : []
  }

  /// Keys that end in a letter, behind `ESC [` or `ESC O`.
  static func letterKey(_ letter: UInt8, _ modifiers: Key.Modifiers) -> Key? {
    switch letter {
    case 0x41: .named(.up, modifiers)
    case 0x42: .named(.down, modifiers)
    case 0x43: .named(.right, modifiers)
    case 0x44: .named(.left, modifiers)
    case 0x46: .named(.end, modifiers)
    case 0x48: .named(.home, modifiers)
    case 0x4d: .enter
    case 0x50...0x53: .function(Int(letter) - 0x4f)
    default: nil
    }
  }

  /// `ESC [ number ~`.
  private var numbered: Key? {
    switch numbers[0] {
    case 1, 7: .named(.home, modifiers)
    case 2: .named(.insert, modifiers)
    case 3: .named(.delete, modifiers)
    case 4, 8: .named(.end, modifiers)
    case 5: .named(.pageUp, modifiers)
    case 6: .named(.pageDown, modifiers)
    case 11...15: .function(numbers[0] - 10)
    case 17...21: .function(numbers[0] - 11)
    case 23, 24: .function(numbers[0] - 12)
    case 200: .named(.insert, .pasteStart)
    default: nil
    }
  }

  /// `ESC [ code ; modifiers u`.
  private var encoded: Key? {
    switch numbers[0] {
    case 9: return .named(.tab, modifiers)
    case 13: return .named(.enter, modifiers)
    case 27: return .named(.escape, modifiers)
    case 127: return .named(.backspace, modifiers)
    default:
      guard let scalar = Unicode.Scalar(UInt32(numbers[0])), scalar.value >= 32 else { return nil }
      let character = Character(scalar)
      if modifiers.contains(.control) { return .control(character) }
      return modifiers.contains(.alt) ? .alt(character) : .character(character)
    }
  }

  /// `ESC [ < button ; column ; row M` (or `m` for a release), counted from 1.
  private var mouse: MouseEvent? {
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    let code = numbers[0]
    var modifiers: Key.Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    let button: MouseEvent.Button =
      switch code & 3 {
      case 0: .left
      case 1: .middle
      case 2: .right
      default: .none
      }
    let action: MouseEvent.Action
    switch (code & 64 != 0, code & 32 != 0) {
    case (true, _):
      guard code & 2 == 0 else { return nil }
      action = code & 1 == 0 ? .wheelUp : .wheelDown
    case (false, true): action = .drag
    case (false, false): action = last == 0x6d ? .release : .press
    }
    return MouseEvent(
      action, code & 64 != 0 ? .none : button, x: numbers[1] - 1, y: numbers[2] - 1,
      modifiers: modifiers)
  }
}

/// What a terminal answers to questions.
enum TerminalReply: Hashable, Sendable {
  /// Its background (OSC 11).
  case background(RGB)
  /// Its attributes (DA1): every terminal answers that, so it ends the waiting for others.
  case fence

  /// From the body of an OSC: `]11;rgb:RRRR/GGGG/BBBB`.
  init?(stringSequence body: [UInt8]) {
    let text = String(decoding: body, as: UTF8.self)
    guard text.hasPrefix("]11;rgb:") else { return nil }
    let parts = text.dropFirst(8).split(separator: "/")
    let channels = parts.compactMap { part -> UInt8? in
      guard (1...4).contains(part.count), let value = UInt32(part, radix: 16) else { return nil }
      let largest = UInt32(1) << UInt32(4 * part.count) - 1
      return UInt8(value * 255 / largest)
    }
    guard channels.count == 3, parts.count == 3 else { return nil }
    self = .background(RGB(channels[0], channels[1], channels[2]))
  }
}
