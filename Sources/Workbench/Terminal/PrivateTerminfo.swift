/// The terminal type that ncurses draws for: plain ANSI with 65,536 pens.
///
/// ncurses composes and diffs the screen; `FrameEncoder` then replaces pens by what the terminal
/// at hand can show. With a description of our own, ncurses emits only cursor movements, text and
/// pens, wherever it runs, and needs no terminfo package. The compiled form is term(5)'s, with
/// 32-bit numbers, given to ncurses in the TERMINFO variable.
struct PrivateTerminfo {
  static let name = "pyratok-pens"

  /// Whether the terminal knows column and row addressing (`hpa`, `vpa`).
  var hasAxisAddressing = true

  /// The value for TERMINFO.
  var environmentValue: String {
    let digits = Array("0123456789abcdef")
    var text = "hex:"
    for byte in compiled {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  /// Places in terminfo's fixed lists (Caps of ncurses).
  private static let booleans: [Int: Bool] = [
    // Without am (the cursor wraps) ncurses dares to write into the last corner; with xenl it
    // does not count on where the cursor stands behind a last column.
    4: true,
    14: true,  // msgr: colours stay when the cursor moves
  ]

  private static let numbers: [Int: Int32] = [
    0: 80,  // cols
    2: 24,  // lines
    13: 256,  // colors
    14: 65_536,  // pairs
  ]

  private var strings: [Int: String] {
    var strings = [
      2: "\r",  // cr
      5: "\u{1b}[H\u{1b}[2J",  // clear
      10: "\u{1b}[%i%p1%d;%p2%dH",  // cup
      11: "\u{1b}[B",  // cud1
      12: "\u{1b}[H",  // home
      13: "\u{1b}[?25l",  // civis
      14: "\u{8}",  // cub1
      16: "\u{1b}[?25h",  // cnorm
      17: "\u{1b}[C",  // cuf1
      19: "\u{1b}[A",  // cuu1
      27: "\u{1b}[1m",  // bold
      30: "\u{1b}[2m",  // dim
      34: "\u{1b}[7m",  // rev
      36: "\u{1b}[4m",  // smul
      39: "\u{1b}[m",  // sgr0
      44: "\u{1b}[24m",  // rmul
      107: "\u{1b}[%p1%dB",  // cud
      111: "\u{1b}[%p1%dD",  // cub
      112: "\u{1b}[%p1%dC",  // cuf
      114: "\u{1b}[%p1%dA",  // cuu
      297: "\u{1b}[39;49m",  // op
      359: "\u{1b}[38;5;%p1%dm",  // setaf
      360: "\u{1b}[48;5;%p1%dm",  // setab
    ]
    if hasAxisAddressing {
      // ncurses sends cells again that lie between changes rather than jump over them, while that
      // costs it less; it reckons with three bytes, which `FrameEncoder` makes `CSI column G`.
      strings[8] = "\u{e}%i%p1%{200}%/%{33}%+%c%p1%{200}%m%{33}%+%c"  // hpa
      strings[127] = "\u{1b}[%i%p1%dd"  // vpa
    }
    return strings
  }

  var compiled: [UInt8] {
    let booleanCount = 15
    let numberCount = 15
    let stringCount = 361
    let names = Array("\(Self.name)|PyraTok's own\0".utf8)
    var offsets = Array(repeating: -1, count: stringCount)
    var table: [UInt8] = []
    for (place, value) in strings.sorted(by: { $0.key < $1.key }) {
      offsets[place] = table.count
      table += Array(value.utf8) + [0]
    }
    var bytes: [UInt8] = []
    func append16(_ value: Int) {
      bytes.append(UInt8(truncatingIfNeeded: value))
      bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }
    for value in [0o1036, names.count, booleanCount, numberCount, stringCount, table.count] {
      append16(value)
    }
    bytes += names
    for place in 0..<booleanCount { bytes.append(Self.booleans[place] == true ? 1 : 0) }
    if bytes.count % 2 == 1 { bytes.append(0) }
    for place in 0..<numberCount {
      let value = Int(Self.numbers[place] ?? -1)
      append16(value)
      append16(value >> 16)
    }
    for offset in offsets { append16(offset) }
    return bytes + table
  }
}
