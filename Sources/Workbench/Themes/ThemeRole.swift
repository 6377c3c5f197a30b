/// Everything that a theme colours; the raw value is the name in `.theme` files.
///
/// This is the single list: a theme file with another name in it, or without one of these, is
/// refused by name.
package enum ThemeRole: String, CaseIterable, Hashable, Sendable {
  // Surfaces
  case background
  case panel
  case popup
  case selection
  case inputField = "input_field"
  // Text
  case text
  case secondary
  case title
  case hotKey = "hot_key"
  case accent
  case selectionText = "selection_text"
  // Lines
  case border
  case borderFocused = "border_focused"
  case grid
  // States
  case success
  case information
  case warning
  case error
  // Timeline and gauges
  case playhead
  case mark
  case track
  case progress
  // Levels, finest first
  case level1 = "level_1"
  case level2 = "level_2"
  case level3 = "level_3"
  case level4 = "level_4"
  // Lines in charts
  case series1 = "series_1"
  case series2 = "series_2"
  case series3 = "series_3"
  case series4 = "series_4"
  case series5 = "series_5"
  case series6 = "series_6"
  // Ramps
  case usageStart = "usage_start"
  case usageMiddle = "usage_mid"
  case usageEnd = "usage_end"
  case activityStart = "activity_start"
  case activityMiddle = "activity_mid"
  case activityEnd = "activity_end"
  case differenceStart = "difference_start"
  case differenceMiddle = "difference_mid"
  case differenceEnd = "difference_end"

  /// All roles in the order of the list; `allCases` builds a new array whenever it is asked.
  package static let ordered = allCases

  /// The place in `ordered`.
  package var index: Int {
    // A case without payload is stored as its number; a test compares with `allCases`.
    Int(unsafeBitCast(self, to: UInt8.self))
  }

  /// The colour of a level, 1 (finest) to 4.
  package static func level(_ level: Int) -> ThemeRole {
    [.level1, .level2, .level3, .level4][min(max(level, 1), 4) - 1]
  }

  /// The colour of the `index`-th line of a chart, from 0; they repeat after six.
  package static func series(_ index: Int) -> ThemeRole {
    [.series1, .series2, .series3, .series4, .series5, .series6][abs(index % 6)]
  }
}
