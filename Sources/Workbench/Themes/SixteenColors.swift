/// The theme for terminals with 16 colours, in the user's own palette, compiled in.
enum SixteenColors {
  /// The entry for a role; nil is the terminal's default.
  static func index(of role: ThemeRole) -> UInt8? {
    switch role {
    case .background, .panel, .popup, .text, .title: nil
    case .selection: 4
    case .inputField, .track, .grid: 8
    case .selectionText: 15
    case .secondary, .border: 7
    case .hotKey, .warning, .playhead, .series4: 3
    case .accent, .borderFocused, .progress, .information, .series1, .level1: 6
    case .success, .series3, .level2: 2
    case .error, .series6: 1
    case .mark, .level4, .series5: 5
    case .level3, .series2: 3
    case .usageStart, .activityStart: 4
    case .differenceStart: 0
    case .usageMiddle, .activityMiddle: 6
    case .differenceMiddle: 1
    case .usageEnd, .differenceEnd: 11
    case .activityEnd: 14
    }
  }
}
