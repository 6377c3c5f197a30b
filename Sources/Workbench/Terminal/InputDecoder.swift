/// Turns the bytes that a terminal sends into keys, mouse events and replies.
///
/// Bytes may come in any pieces. What cannot be understood is dropped whole, so that a late reply
/// or an unknown key never turns into typed text.
struct InputDecoder {
  enum Item: Hashable, Sendable {
    case key(Key)
    case reply(TerminalReply)
  }

  /// Sequences of special keys by terminfo; they win over the common ones below.
  private let keys: [[UInt8]: Key]
  private var pending: [UInt8] = []
  private var paste: [UInt8]?

  private static let longestSequence = 4_096
  private static let longestPaste = 1 << 20
  private static let escape: UInt8 = 0x1b

  init(keys: [[UInt8]: Key] = [:]) { self.keys = keys }

  /// Seconds to wait for the rest of a sequence or a paste before `flush`; nil if none is open.
  var patience: Double? { paste != nil ? 1 : pending.isEmpty ? nil : 0.025 }

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Item] {
    pending += bytes
    return decode(isFinal: false)
  }

  /// Takes what waits as it stands: nothing more is coming.
  mutating func flush() -> [Item] {
    guard let text = paste else { return decode(isFinal: true) }
    paste = nil
    pending = []
    return [.key(.paste(Self.cleaned(text)))]
  }

  private mutating func decode(isFinal: Bool) -> [Item] {
    var items: [Item] = []
    var place = 0
    while place < pending.count {
      if paste != nil {
        guard takePaste(&place, &items) else { break }
        continue
      }
      let (length, item) = next(pending[place...], isFinal: isFinal)
      guard length > 0 else { break }
      if case .key(.named(.insert, .pasteStart)) = item {
        paste = []
      } else if let item {
        items.append(item)
      }
      place += length
    }
    pending.removeFirst(place)
    return items
  }

  // MARK: - Paste

  /// Takes pasted bytes up to the closing sequence; false if it has not come yet.
  private mutating func takePaste(_ place: inout Int, _ items: inout [Item]) -> Bool {
    let end: [UInt8] = [0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e]
    while place < pending.count {
      if pending[place] == Self.escape {
        let rest = pending[place...].prefix(end.count)
        if rest.elementsEqual(end) {
          place += end.count
          items.append(.key(.paste(Self.cleaned(paste ?? []))))
          paste = nil
          return true
        }
        if rest.count < end.count, end.starts(with: rest) { return false }
      }
      if (paste?.count ?? 0) < Self.longestPaste { paste?.append(pending[place]) }
      place += 1
    }
    return false
  }

  /// Text without controls other than newlines and tabs.
  private static func cleaned(_ bytes: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && previous != "\r") {
        scalars.append("\n")
      } else if scalar == "\t" || (scalar.value >= 32 && scalar.value != 127) {
        scalars.append(scalar)
      }
      previous = scalar
    }
    return String(scalars)
  }

  // MARK: - One item

  /// The item at the start of `bytes` and its length; 0 if more bytes are needed.
  private func next(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Int, Item?) {
    guard let first = bytes.first else { return (0, nil) }
    if first == Self.escape { return escaped(bytes, isFinal: isFinal) }
    if first < 0x20 || first == 0x7f { return (1, .key(Self.control(first))) }
    return character(bytes, isFinal: isFinal) { .character($0) }
  }

  private static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x0d, 0x0a: .enter
    case 0x09: .tab
    case 0x08, 0x7f: .backspace
    case 0: .control(" ")
    case 1...26: .control(Character(Unicode.Scalar(byte + 0x60)))
    default: .control(Character(Unicode.Scalar(byte + 0x40)))
    }
  }

  private func character(
    _ bytes: ArraySlice<UInt8>, isFinal: Bool, _ key: (Character) -> Key
  ) -> (Int, Item?) {
    let first = bytes[bytes.startIndex]
    let length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard length > 0, first < 0xf5 else { return (1, nil) }
    if bytes.count < length {
      let isBroken = bytes.dropFirst().contains { $0 & 0xc0 != 0x80 }
      return isFinal || isBroken ? (1, nil) : (0, nil)
    }
    let text = String(decoding: bytes.prefix(length), as: UTF8.self)
    guard let scalar = text.unicodeScalars.first, scalar != "\u{fffd}" else { return (1, nil) }
    return (length, .key(key(Character(scalar))))
  }

  private func escaped(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Int, Item?) {
    guard bytes.count > 1 else { return isFinal ? (1, .key(.escape)) : (0, nil) }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case 0x5b: return controlSequence(bytes, isFinal: isFinal)
    case 0x4f: return shiftedKey(bytes, isFinal: isFinal)
    case 0x5d, 0x50, 0x5f, 0x5e: return stringSequence(bytes, isFinal: isFinal)
    case Self.escape:
      // Alt and a special key, or Escape struck twice.
      let (length, item) = escaped(bytes.dropFirst(), isFinal: isFinal)
      if length > 1, case .key(.named(let key, let modifiers)) = item {
        return (length + 1, .key(.named(key, modifiers.union(.alt))))
      }
      return length == 0 ? (0, nil) : (1, .key(.escape))
    case 0x7f, 0x08: return (2, .key(.named(.backspace, .alt)))
    case 0x0d: return (2, .key(.named(.enter, .alt)))
    case ..<0x20: return (1, .key(.escape))
    default:
      let (length, item) = character(bytes.dropFirst(), isFinal: isFinal) { .alt($0) }
      return length == 0 ? (0, nil) : (length + 1, item)
    }
  }

  /// ESC O and one letter, as keypads in application mode send it.
  private func shiftedKey(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Int, Item?) {
    guard bytes.count > 2 else { return isFinal ? (2, .key(.alt("O"))) : (0, nil) }
    let sequence = Array(bytes.prefix(3))
    if let key = keys[sequence] { return (3, .key(key)) }
    return (3, ControlSequence.letterKey(sequence[2], []).map { .key($0) })
  }

  /// OSC, DCS, APC and PM: a text up to BEL or ESC \.
  private func stringSequence(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Int, Item?) {
    var place = bytes.startIndex + 2
    while place < bytes.endIndex {
      let isEnd = bytes[place] == 0x07
      let isTwoByteEnd =
        bytes[place] == Self.escape && place + 1 < bytes.endIndex && bytes[place + 1] == 0x5c
      if isEnd || isTwoByteEnd {
        let body = Array(bytes[bytes.startIndex + 1..<place])
        let length = place - bytes.startIndex + (isEnd ? 1 : 2)
        return (length, TerminalReply(stringSequence: body).map { .reply($0) })
      }
      place += 1
    }
    if bytes.count > Self.longestSequence { return (bytes.count, nil) }
    guard isFinal else { return (0, nil) }
    // Alt and a bracket typed by hand, or a reply broken off.
    let key = Key.alt(Character(Unicode.Scalar(bytes[bytes.startIndex + 1])))
    return (bytes.count, bytes.count == 2 ? .key(key) : nil)
  }

  private func controlSequence(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Int, Item?) {
    let start = bytes.startIndex
    // The Linux console sends its first function keys as ESC [ [ A.
    if bytes.count > 3, bytes[start + 2] == 0x5b {
      return (4, keys[Array(bytes.prefix(4))].map { .key($0) })
    }
    var place = start + 2
    while place < bytes.endIndex, (0x20..<0x40).contains(bytes[place]) { place += 1 }
    guard place < bytes.endIndex, bytes[place] != 0x5b || place > start + 2 else {
      if bytes.count > Self.longestSequence { return (bytes.count, nil) }
      guard isFinal else { return (0, nil) }
      return (bytes.count, bytes.count == 2 ? .key(.alt("[")) : nil)
    }
    let length = place - start + 1
    guard bytes[place] >= 0x40 else { return (length, nil) }
    // The old mouse report has three bytes behind it.
    if bytes[place] == 0x4d, length == 3 {
      return bytes.count >= 6 ? (6, nil) : isFinal ? (bytes.count, nil) : (0, nil)
    }
    let sequence = Array(bytes.prefix(length))
    if let key = keys[sequence] { return (length, .key(key)) }
    return (length, ControlSequence(sequence).item)
  }
}

extension Key.Modifiers {
  /// Marks the start of a paste between the decoder's own parts; no key has it.
  static let pasteStart = Key.Modifiers(rawValue: 0x80)
}
