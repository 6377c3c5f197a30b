import Testing

@testable import Workbench

struct ScreenTests {
  @Test
  func aBoxHasItsTitlesInTheBorder() {
    var screen = Screen(size: Size(width: 24, height: 4))
    let inside = screen.box(
      screen.bounds, titles: [BoxTitle("1 Clip", hotKey: "1")], footers: [BoxTitle("quit")])
    screen.put("hello", in: inside, alignment: .trailing)
    #expect(
      screen.text == """
        ╭─ 1 Clip ─────────────╮
        │                 hello│
        │                      │
        ╰─────────────── quit ─╯

        """)
    #expect(screen[3, 0].style.foreground == .role(.hotKey))
  }

  @Test
  func textIsClippedByColumnsNotByCharacters() {
    #expect("日本語".columns == 6)
    #expect("日本語".clipped(to: 5) == "日本…")
    #expect("日本語".clipped(to: 4) == "日…")
    #expect("abc".clipped(to: 0) == "")
    #expect("e\u{301}a".columns == 2)
    #expect("ab".padded(to: 5, alignment: .centre) == " ab  ")
    var screen = Screen(size: Size(width: 5, height: 1))
    #expect(screen.put("日本語", x: 0, y: 0) == 5)
    #expect(screen.text == "日本…\n")
  }

  @Test
  func cuttingAWideCharacterLeavesNoHalfOfIt() {
    var screen = Screen(size: Size(width: 6, height: 1))
    screen.put("日本語", x: 0, y: 0)
    screen.put("x", x: 1, y: 0)
    #expect(screen.text == " x本語\n")
    screen.put("y", x: 2, y: 0)
    #expect(screen.text == " xy 語\n")
    screen.put("日", x: 5, y: 0)
    #expect(screen[5, 0].text != "日")
  }

  @Test
  func drawingOutsideDoesNothing() {
    for size in [Size(width: 0, height: 0), Size(width: 1, height: 1), Size(width: 3, height: 2)] {
      var screen = Screen(size: size)
      let context = DrawingContext()
      for rect in [
        Rect(x: -5, y: -5, width: 3, height: 3), Rect(x: -1, y: -1, width: 100, height: 100),
        Rect(x: 2, y: 1, width: 0, height: 7), Rect(x: 50, y: 50, width: 5, height: 5),
        Rect(x: 0, y: 0, width: -4, height: 3),
      ] {
        screen.box(rect, titles: [BoxTitle("title", hotKey: "t")], footers: [BoxTitle("f")])
        screen.fill(rect, style: Style(.accent))
        screen.put("text 日本", in: rect, row: 1)
        screen.histogram([0.1, 1, 0.5], in: rect, context: context)
        screen.draw(
          LineChart(series: [.init("a", color: .standard, points: [(0, 1), (1, .nan), (2, 5)])]),
          in: rect, context: context)
        screen.draw(
          HeatMap(width: 2, height: 1, values: [0, 1], gradient: .cividis), in: rect,
          context: context)
        screen.draw(Table(columns: [.init("a")], rows: [.init(["1"])], selection: 0), in: rect)
        screen.keyHints([KeyHint("q", "quit")], in: rect)
        screen.draw(TextInput("some text"), prompt: ": ", in: rect)
      }
      screen.draw(HelpList(sections: [.init("Keys", [KeyHint("q", "quit")])]))
      #expect(screen.cells.count == size.area)
    }
  }

  @Test
  func rectanglesNeverHaveNegativeSizes() {
    let rect = Rect(x: 2, y: 3, width: 5, height: 2)
    #expect(rect.splitTop(9).rest == Rect(x: 2, y: 5, width: 5, height: 0))
    #expect(rect.splitLeft(-3).left.width == 0)
    #expect(rect.inset(columns: 9, rows: 9).isEmpty)
    #expect(rect.intersection(Rect(x: 40, y: 0, width: 1, height: 1)).isEmpty)
    let columns = Rect(x: 1, y: 0, width: 10, height: 1).columns(weights: [1, 2, 1], gap: 1)
    #expect(columns.map(\.x) == [1, 4, 9])
    #expect(columns.map(\.width) == [2, 4, 2])
  }

  @Test
  func anSVGHasBlocksAsRectanglesAndTextEscaped() {
    var screen = Screen(size: Size(width: 4, height: 1))
    screen.put("▀<&", x: 0, y: 0, style: Style(.accent))
    let svg = screen.svg(theme: .dark)
    #expect(svg.contains("<rect x=\"0\" y=\"0\" width=\"8\" height=\"8\" fill=\"#5cc8ff\""))
    #expect(svg.contains(">&lt;&amp;</text>"))
    #expect(svg.hasSuffix("</svg>\n"))
  }

  @Test
  func ansiAndAsciiSayTheSame() {
    var screen = Screen(size: Size(width: 6, height: 1))
    screen.put("╭▀é…", x: 0, y: 0, style: Style(.rgb(1, 2, 3), on: .standard, .bold))
    #expect(screen.asciiText == "+#?.\n")
    #expect(
      screen.ansi(theme: .dark, depth: .truecolor).hasPrefix("\u{1b}[0;1;38;2;1;2;3m╭▀é…\u{1b}[0;"))
  }
}
