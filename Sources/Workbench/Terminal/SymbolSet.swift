/// Which glyphs charts and pictures are made of.
package enum SymbolSet: String, CaseIterable, Hashable, Sendable {
  /// Dots, 2x4 in a cell.
  case braille
  /// Blocks, 2x2 in a cell, for fonts that draw braille badly.
  case block
  /// Nothing outside ASCII.
  case ascii

  /// An ASCII character that stands for a symbol, one column wide.
  static func asciiFallback(for scalar: UInt32) -> UInt32 {
    let glyph: Unicode.Scalar =
      switch scalar {
      case ..<0x80: Unicode.Scalar(scalar) ?? "?"
      case 0xa0: " "
      case 0xb0: "o"
      case 0xb1: "~"
      case 0xb7, 0x2022, 0x2219, 0x25cf, 0x25cb: "*"
      case 0xd7: "x"
      case 0x2013, 0x2014, 0x2212: "-"
      case 0x2018, 0x2019: "'"
      case 0x201c, 0x201d: "\""
      case 0x2026: "."
      case 0x2190, 0x25c0, 0x25c2, 0x2039, 0xab: "<"
      case 0x2192, 0x25b6, 0x25b8, 0x203a, 0xbb: ">"
      case 0x2191, 0x25b2, 0x25b4: "^"
      case 0x2193, 0x25bc, 0x25be: "v"
      case 0x2264: "<"
      case 0x2265: ">"
      case 0x2713, 0x2714: "v"
      case 0x2717, 0x2718: "x"
      case 0x2500...0x257f: box(scalar)
      case 0x2580...0x259f: block(scalar)
      case 0x2800: " "
      case 0x2801...0x28ff: dots(scalar)
      default: "?"
      }
    return glyph.value
  }

  private static func box(_ scalar: UInt32) -> Unicode.Scalar {
    switch scalar {
    case 0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x2509, 0x254c, 0x254d, 0x2550, 0x2574, 0x2576,
      0x2578, 0x257a, 0x257c, 0x257e:
      "-"
    case 0x2502, 0x2503, 0x2506, 0x2507, 0x250a, 0x250b, 0x254e, 0x254f, 0x2551, 0x2575, 0x2577,
      0x2579, 0x257b, 0x257d, 0x257f:
      "|"
    default: "+"
    }
  }

  private static func block(_ scalar: UInt32) -> Unicode.Scalar {
    switch scalar {
    case 0x2591: "."
    case 0x2592: ":"
    case 0x2581, 0x2582, 0x2596, 0x2597: "_"
    case 0x2594, 0x2598, 0x259d: "'"
    case 0x258e, 0x258f, 0x2595: "|"
    default: "#"
    }
  }

  private static func dots(_ scalar: UInt32) -> Unicode.Scalar {
    switch (scalar & 0xff).nonzeroBitCount {
    case 1, 2: "."
    case 3, 4: ":"
    case 5, 6: "*"
    default: "#"
    }
  }
}
