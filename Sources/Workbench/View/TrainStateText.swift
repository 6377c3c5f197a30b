import TokenizerEngine

/// The state of a run in a glyph, a word and a colour: none of them alone.
enum TrainStateText {
  static func of(_ state: RunPhase?) -> String {
    glyph(state) + " " + (state?.rawValue ?? "waiting")
  }

  static func glyph(_ state: RunPhase?) -> String {
    switch state {
    case .running: "▶"
    case .paused: "‖"
    case .finished: "✓"
    case .stopped: "■"
    case .failed, .crashed: "✗"
    case .stalled: "!"
    case nil: "…"
    }
  }

  static func role(_ state: RunPhase?) -> ThemeRole {
    switch state {
    case .running: .success
    case .finished: .information
    case .paused, .stopped, .stalled: .warning
    case .failed, .crashed: .error
    case nil: .secondary
    }
  }
}
