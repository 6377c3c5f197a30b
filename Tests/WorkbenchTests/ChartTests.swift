import Testing

@testable import Workbench

struct ChartTests {
  @Test(arguments: [
    (0.0...1.0, 5, ["0", "0.25", "0.50", "0.75", "1.00"]),
    (0.0...100.0, 6, ["0", "20", "40", "60", "80", "100"]),
    (-3.0...7.0, 5, ["-2", "0", "2", "4", "6"]),
    (0.0...65_536.0, 4, ["0", "20k", "40k", "60k"]),
  ])
  func ticksAreRoundNumbers(range: ClosedRange<Double>, count: Int, labels: [String]) {
    #expect(Ticks.linear(range, count: count).labels == labels)
  }

  @Test
  func logarithmicTicksArePowersOfTen() {
    #expect(Ticks.logarithmic(1...65_536, count: 8).labels == ["1", "10", "100", "1k", "10k"])
    #expect(Ticks.logarithmic(1...65_536, count: 3).values == [1, 100, 10_000])
    #expect(Ticks.logarithmic(0...5, count: 3).values.isEmpty)
  }

  @Test(arguments: [
    (0.0, "0"), (0.125, "0.125"), (9.5, "9.5"), (123.4, "123"), (3_204.0, "3.2k"),
    (15_000_000.0, "15M"), (-0.5, "-0.5"), (999.7, "1k"), (.nan, "–"), (0.000_02, "2e-5"),
  ])
  func numbersAreShort(value: Double, text: String) {
    #expect(NumberText.compact(value) == text)
  }

  @Test
  func fixedNumbersRoundAwayFromZero() {
    #expect(NumberText.fixed(23.46, decimals: 1) == "23.5")
    #expect(NumberText.fixed(-0.04, decimals: 1) == "0.0")
    #expect(NumberText.fixed(1.005, decimals: 0) == "1")
    #expect(NumberText.time(62.34) == "1:02.3")
  }

  @Test
  func aLineIsDrawnFromCornerToCorner() {
    for (symbols, expected) in [
      (SymbolSet.braille, "  ⡠⠊\n⡠⠊\n"), (.block, "  ▄▀\n▄▀\n"), (.ascii, "  **\n**\n"),
    ] {
      var canvas = DotCanvas(size: Size(width: 4, height: 2), symbols: symbols)
      canvas.line(
        from: (0, canvas.height - 1), to: (canvas.width - 1, 0), color: .role(.accent))
      var screen = Screen(size: Size(width: 4, height: 2))
      screen.draw(canvas, x: 0, y: 0)
      #expect(screen.text == expected)
    }
  }

  @Test
  func aChartShowsItsAxes() {
    var chart = LineChart(series: [
      .init("use", color: .role(.series1), points: (0...10).map { (Double($0), Double($0)) })
    ])
    chart.xTitle = "rank"
    var screen = Screen(size: Size(width: 40, height: 10))
    screen.draw(chart, in: screen.bounds, context: DrawingContext(symbols: .ascii))
    let rows = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(rows[0].hasPrefix("10"))
    #expect(rows[0].hasSuffix("*"))
    #expect(rows[9].contains("0") && rows[9].hasSuffix("rank"))
  }

  @Test
  func barsAreAsLongAsTheirShare() {
    var screen = Screen(size: Size(width: 8, height: 2))
    let context = DrawingContext()
    screen.bar(0.5, x: 0, y: 0, width: 8, context: context)
    screen.bar(.nan, x: 0, y: 1, width: 8, context: DrawingContext(symbols: .ascii))
    #expect(screen.text == "████\n--------\n")
    var histogram = Screen(size: Size(width: 3, height: 2))
    histogram.histogram([1, 0.001, 0.5], in: histogram.bounds, context: context)
    #expect(histogram.text == "█\n█▁█\n")
    var line = Screen(size: Size(width: 4, height: 1))
    line.sparkline([0, 1, .nan, 0.5], x: 0, y: 0, width: 4, context: context)
    #expect(line.text == "▁█ ▅\n")
  }

  @Test
  func aMapShowsMaximaWhereItIsTooSmall() {
    let map = HeatMap(width: 4, height: 1, values: [0, 1, 0, 0], gradient: .cividis)
    var screen = Screen(size: Size(width: 2, height: 1))
    screen.draw(map, in: screen.bounds, context: DrawingContext())
    #expect(screen[0, 0].style.background == .rgb(Gradient.cividis.colors[255]))
    #expect(screen[1, 0].style.background == .rgb(Gradient.cividis.colors[0]))
    screen.draw(map, in: screen.bounds, context: DrawingContext(depth: .none))
    #expect(screen.text == "█\n")
    #expect(map.place(x: 1, y: 0, in: Size(width: 2, height: 1))?.column == 2)
  }

  @Test
  func aTableKeepsTheChosenRowInSight() {
    let table = Table(
      columns: [.init("level", width: 5, alignment: .trailing), .init("used")],
      rows: (0..<20).map { .init(["\($0)", "row \($0)"]) }, selection: 12)
    var screen = Screen(size: Size(width: 16, height: 5))
    screen.draw(table, in: screen.bounds)
    #expect(screen.row(0) == "level used")
    #expect((1..<5).contains { screen.row($0).contains("12 row 12") })
  }

  @Test
  func typedTextIsEditedByTheUsualKeys() {
    var input = TextInput("a red ball")
    for key in [Key.control("w"), .character("c"), .home, .delete, .right, .paste("x\ny")] {
      let isTaken = input.take(key)
      #expect(isTaken)
    }
    #expect(input.text == " x yred c")
    let isUpTaken = input.take(.up)
    #expect(!isUpTaken)
    _ = input.take(.named(.left, .control))
    _ = input.take(.control("k"))
    _ = input.take(.end)
    _ = input.take(.control("u"))
    #expect(input.text.isEmpty && input.cursor == 0)
  }

  @Test
  func helpIsFiltered() {
    var help = HelpList(sections: [
      .init("Clip", [KeyHint("space", "play or pause")]), .init("All", [KeyHint("q", "quit")]),
    ])
    help.filter = "PLAY"
    var screen = Screen(size: Size(width: 60, height: 14))
    screen.draw(help)
    #expect(screen.text.contains("space") && !screen.text.contains("quit"))
  }
}
