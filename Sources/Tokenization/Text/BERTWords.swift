@_spi(_Unicode) import Swift

/// Cuts a text into words as uncased BERT does (Devlin and others, 2018): clean, space out Chinese
/// characters, strip accents, lower the case, and let each punctuation mark stand alone.
enum BERTWords {
  /// The words in order, each not empty.
  static func split(_ text: Substring.UnicodeScalarView) -> [[Unicode.Scalar]] {
    var words: [[Unicode.Scalar]] = []
    var word: [Unicode.Scalar] = []
    func finish() {
      if !word.isEmpty { words.append(word) }
      word = []
    }
    for scalar in normalized(text) {
      if scalar.properties.isWhitespace {
        finish()
      } else if isPunctuation(scalar) {
        finish()
        words.append([scalar])
      } else {
        word.append(scalar)
      }
    }
    finish()
    return words
  }

  private static func normalized(_ text: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
    var spaced = String.UnicodeScalarView()
    for scalar in text where !isRemoved(scalar) {
      if scalar.properties.isWhitespace {
        spaced.append(" ")
      } else if isChinese(scalar) {
        spaced.append(contentsOf: [" ", scalar, " "])
      } else {
        spaced.append(scalar)
      }
    }
    var lowered: [Unicode.Scalar] = []
    for scalar in decomposed(spaced) where category(scalar) != .nonspacingMark {
      lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return lowered
  }

  /// Canonical decomposition as in Unicode 12.1, which leaves everything newer as it stands.
  ///
  /// `_nfd` has a public form only in the whole of Foundation, whose loading one would feel.
  private static func decomposed(_ text: String.UnicodeScalarView) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var known = String.UnicodeScalarView()
    for scalar in text {
      if isNewer(scalar, than: (12, 1)) {
        result += String(known)._nfd
        known = String.UnicodeScalarView()
        result.append(scalar)
      } else {
        known.append(scalar)
      }
    }
    return result + String(known)._nfd
  }

  /// Control characters but white space, and what stands for unreadable bytes.
  private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": false
    case "\u{fffd}": true
    default:
      switch category(scalar) {
      case .control, .format, .privateUse, .surrogate: true
      default: false
      }
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 33...47, 58...64, 91...96, 123...126: return true
    default: break
    }
    switch category(scalar) {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// The category in Unicode 8, on which the reference implementation rests.
  private static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    switch scalar.value {
    case 0x166d, 0x111c9: .otherPunctuation
    case 0x1734, 0x1171e: .nonspacingMark
    case 0x1885, 0x1886: .otherLetter
    case 0xa9bd: .spacingMark
    default: isNewer(scalar, than: (8, 0)) ? .unassigned : scalar.properties.generalCategory
    }
  }

  private static func isNewer(_ scalar: Unicode.Scalar, than version: (Int, Int)) -> Bool {
    // Assigned long before, and most of any text.
    if scalar.value < 0x370 { return false }
    guard let age = scalar.properties.age else { return false }
    return (age.major, age.minor) > version
  }

  /// Ideographs; Hangul and Kana are written with spaces or cut by their pieces.
  private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x2a6df, 0x2a700...0x2b73f,
      0x2b740...0x2b81f, 0x2b920...0x2ceaf, 0xf900...0xfaff, 0x2f800...0x2fa1f:
      return true
    default: return false
    }
  }
}
