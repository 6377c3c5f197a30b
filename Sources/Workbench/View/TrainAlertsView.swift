import TokenizerEngine

/// What is wrong with a run, the gravest first, each with what to do about it.
struct TrainAlertsView {
  let groups: [TrainAlertGroup]

  /// - Parameter isGrouped: the levels that have the same alert share a line.
  init(alerts: [CodebookAlert], isGrouped: Bool = false) {
    groups =
      isGrouped
      ? TrainAlertGroup.all(alerts) : alerts.map { TrainAlertGroup(first: $0, others: []) }
  }

  /// Where a group stands: its remedy behind it, below it, or nowhere.
  private struct Place {
    let group: TrainAlertGroup
    let y: Int
    let remedy: (x: Int, y: Int)?
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !groups.isEmpty else {
      screen.put(" nothing is wrong", in: rect, style: Style(.success))
      return
    }
    let places = places(in: rect)
    let more = more(groups.dropFirst(places.count), width: rect.width / 2)
    for place in places {
      let role = place.group.role
      let limit = rect.width - 2 - (place.y == rect.maxY - 1 ? more.columns : 0)
      let used = screen.put(
        place.group.name, x: rect.x + 1, y: place.y, style: Style(role, on: .background, .bold),
        limit: limit)
      screen.put(
        place.group.text, x: rect.x + 1 + used, y: place.y, style: Style(.text),
        limit: max(0, limit - used))
      guard let remedy = place.remedy else { continue }
      let end = rect.maxX - 1 - (remedy.y == rect.maxY - 1 ? more.columns : 0)
      screen.put(
        place.group.remedy, x: remedy.x, y: remedy.y, style: Style(.secondary),
        limit: max(0, end - remedy.x))
    }
    guard !rect.isEmpty else { return }
    screen.put(
      more, x: rect.maxX - more.columns, y: rect.maxY - 1,
      style: Style(.warning, on: .background, .bold))
  }

  private func places(in rect: Rect) -> [Place] {
    var places: [Place] = []
    var y = rect.y
    for group in groups where y < rect.maxY {
      let used = group.name.columns + group.text.columns
      if used + group.remedy.columns + 2 <= rect.width - 2 {
        places.append(Place(group: group, y: y, remedy: (rect.x + 2 + used, y)))
        y += 1
      } else {
        let below = y + 1 < rect.maxY ? (rect.x + 3, y + 1) : nil
        places.append(Place(group: group, y: y, remedy: below))
        y += 2
      }
    }
    return places
  }

  /// What there is no room for: what is grave by name, or where that is too long, how many.
  private func more(_ hidden: ArraySlice<TrainAlertGroup>, width: Int) -> String {
    guard !hidden.isEmpty else { return "" }
    let grave = hidden.filter { $0.first.severity > .info }
    let text = "  + " + grave.map(\.first.id).joined(separator: ", ") + " "
    return text.columns <= width && !grave.isEmpty ? text : "  +\(hidden.count) "
  }
}

/// One alert, and the levels that have the same.
struct TrainAlertGroup {
  let first: CodebookAlert
  private(set) var others: [CodebookAlert]

  init(first: CodebookAlert, others: [CodebookAlert]) {
    self.first = first
    self.others = others
  }

  /// In the order of their gravest.
  static func all(_ alerts: [CodebookAlert]) -> [TrainAlertGroup] {
    alerts.reduce(into: []) { groups, alert in
      if let place = groups.firstIndex(where: { $0.first.id == alert.id }) {
        groups[place].others.append(alert)
      } else {
        groups.append(TrainAlertGroup(first: alert, others: []))
      }
    }
  }

  var name: String { "\(mark) \(first.id)" }

  /// What is said is the first one's.
  var text: String {
    let level = first.level.map { " L\($0)" } ?? ""
    let also = others.compactMap(\.level).sorted().map { " L\($0)" }.joined()
    return level + (also.isEmpty ? "" : ", also" + also) + ": " + first.text
  }

  var remedy: String { "→ " + first.remedy }

  private var mark: String {
    switch first.severity {
    case .info: "i"
    case .warning: "!"
    case .error: "✗"
    }
  }

  var role: ThemeRole {
    switch first.severity {
    case .info: .information
    case .warning: .warning
    case .error: .error
    }
  }
}
