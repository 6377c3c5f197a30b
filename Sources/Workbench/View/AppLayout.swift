/// The rows that every screen has, and where the tabs stand in the first one.
struct AppLayout: Equatable {
  let header: Rect
  let content: Rect
  let status: Rect
  let footer: Rect
  let tabs: [(view: ViewName, title: String, rect: Rect)]

  static func == (a: AppLayout, b: AppLayout) -> Bool {
    a.content == b.content && a.header == b.header
  }

  init(size: Size) {
    let all = Rect(size)
    // The smallest windows keep the content and lose the rest, the header last.
    let (top, below) = all.splitTop(size.height >= 3 ? 1 : 0)
    let (rest, bottom) = below.splitBottom(size.height >= 6 ? 1 : 0)
    let (middle, line) = rest.splitBottom(size.height >= 8 ? 1 : 0)
    header = top
    footer = bottom
    status = line
    content = middle
    var x = size.width >= 60 ? 10 : 1
    let isShort = x + ViewName.allCases.reduce(0) { $0 + $1.title.count + 4 } > size.width
    tabs = ViewName.allCases.map { view in
      let title = isShort ? view.shortTitle : view.title
      let width = title.count + (isShort ? 3 : 4)
      defer { x += width }
      return (view, title, Rect(x: x, y: 0, width: width, height: top.height))
    }
  }
}
