import TokenizerEngine

/// What is wrong with the codebook, a line each: the gravest first, and among equals those of the
/// focused level.
struct AlertLines {
  let alerts: [CodebookAlert]
  let focus: Int

  private var ordered: [CodebookAlert] {
    CodebookAlert.Severity.allCases.reversed().flatMap { severity in
      let equals = alerts.filter { $0.severity == severity }
      return equals.filter { $0.level == focus } + equals.filter { $0.level != focus }
    }
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    for (row, alert) in ordered.prefix(rect.height).enumerated() {
      let y = rect.y + row
      let hidden = row == rect.height - 1 ? alerts.count - rect.height : 0
      let more = hidden > 0 ? "+\(hidden)" : ""
      let right = rect.maxX - (more.isEmpty ? 1 : more.columns + 2)
      var x = rect.x
      x += screen.put(
        alert.id, x: x, y: y, style: Style(role(alert), on: .background, .bold), limit: right - x)
      x += screen.put(
        "  " + level(alert) + alert.text, x: x, y: y, style: Style(.text), limit: max(0, right - x))
      // Half a remedy helps nobody.
      let remedy = " → " + alert.remedy
      if x + remedy.columns <= right {
        screen.put(remedy, x: x, y: y, style: Style(.secondary))
      }
      screen.put(more, x: right + 1, y: y, style: Style(.secondary))
    }
  }

  /// Where the text itself does not say it.
  private func level(_ alert: CodebookAlert) -> String {
    guard let level = alert.level, alert.rule != .coarse else { return "" }
    return "L\(level): "
  }

  private func role(_ alert: CodebookAlert) -> ThemeRole {
    switch alert.severity {
    case .info: .information
    case .warning: .warning
    case .error: .error
    }
  }
}
