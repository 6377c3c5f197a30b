/// Where the parts of the Codebook screen stand.
struct CodebookLayout {
  let scope: Rect
  let tabs: [(panel: CodebookPanel, rect: Rect)]
  let content: Rect

  init(content all: Rect) {
    let (top, below) = all.splitTop(all.height >= 10 ? 1 : 0)
    let (line, rest) = below.splitTop(all.height >= 12 ? 1 : 0)
    scope = top
    content = rest
    var x = all.x
    var tabs: [(panel: CodebookPanel, rect: Rect)] = []
    for panel in line.isEmpty ? [] : CodebookPanel.allCases {
      let width = min(panel.title.count + 2, max(0, all.maxX - x))
      tabs.append((panel, Rect(x: x, y: line.y, width: width, height: 1)))
      x += width
    }
    self.tabs = tabs
  }
}
