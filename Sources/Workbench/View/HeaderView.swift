/// The tabs, the clip and the model.
struct HeaderView {
  let model: AppModel

  func draw(on screen: inout Screen, layout: AppLayout) {
    let rect = layout.header
    guard !rect.isEmpty else { return }
    screen.fill(rect, style: Style(.secondary, on: .panel))
    if screen.width >= 60 {
      screen.put(" pyratok", x: rect.x, y: rect.y, style: Style(.accent, on: .panel, .bold))
    }
    var end = rect.x
    for (index, tab) in layout.tabs.enumerated() {
      let isShown = tab.view == model.view
      let surface: ThemeRole = isShown ? .selection : .panel
      let style = Style(isShown ? .selectionText : .secondary, on: surface, isShown ? .bold : [])
      screen.fill(tab.rect, style: style)
      screen.put(
        "\(index + 1)", x: tab.rect.x + 1, y: rect.y,
        style: Style(isShown ? .selectionText : .hotKey, on: surface, .bold))
      screen.put(tab.title, x: tab.rect.x + 3, y: rect.y, style: style)
      end = tab.rect.maxX
    }
    let room = rect.maxX - end - 2
    let (name, weights) = (model.clip.summary?.name ?? "", modelName)
    let subject = model.view == .train ? model.train.watched?.name ?? "" : name
    let both = [subject, model.view == .train ? "" : weights].filter { !$0.isEmpty }.joined(
      separator: " · ")
    let text = both.columns <= room ? both : subject
    guard room >= 8 else { return }
    screen.put(
      text, in: Rect(x: end + 1, y: rect.y, width: room, height: 1),
      style: Style(.text, on: .panel), alignment: .trailing)
  }

  private var modelName: String {
    if let summary = model.model {
      return summary.name + " " + Numbers.short(Double(summary.parameters) / 1e6) + " M"
    }
    return model.modelFault == nil ? "" : "no model"
  }
}
