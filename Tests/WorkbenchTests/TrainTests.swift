import Testing
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 80, height: 24)

private func press(_ keys: [Key], _ model: inout AppModel) -> [Effect] {
  var effects: [Effect] = []
  for key in keys { effects += model.update(.key(key)) }
  return effects
}

private func type(_ text: String, _ model: inout AppModel) -> [Effect] {
  press(text.map { .key($0) } + [.enter], &model)
}

extension Key {
  fileprivate static func key(_ character: Character) -> Key { .character(character) }
}

// MARK: - Screens

@Test(arguments: TrainPanel.allCases, screenSizes)
func aRunLooksAsExpected(panel: TrainPanel, size: Size) throws {
  try expectScreen(
    ExampleRun.watched(size, panel: panel),
    named: "run-\(panel.rawValue)-\(size.width)x\(size.height)")
}

@Test func aComparisonHasALegend() throws {
  var model = ExampleRun.watched(Size(width: 100, height: 30), panel: .runs)
  #expect(
    press([.down, .character("v")], &model) == [.run(.follow(["runs/example", "runs/other"]))])
  _ = model.update(ExampleRun.steps(1...31, of: "runs/other"))
  model.train.panel = .charts
  _ = press([.left, .left, .left, .left, .character("+")], &model)
  try expectScreen(model, named: "run-compared-100x30")
}

@Test func aRunHasOnePathHoweverItIsNamed() {
  var model = AppModel(size: size)
  #expect(model.watch("runs/one/").first == .run(.follow(["runs/one"])))
  #expect(model.train.folder == "runs")
  #expect(type(":watch runs/two//", &model).contains(.run(.follow(["runs/two"]))))
  #expect(type(":compare runs/two/", &model).isEmpty)
}

@Test func levelsWithTheSameAlertShareALineAndWhatHasNoRoomIsNamed() {
  var model = ExampleRun.watched(size, panel: .charts)
  var status = ExampleRun.status()
  let rules: [CodebookAlert.Rule] = [.saturated, .inert, .collapse]
  status.alerts = rules.flatMap { rule in
    (1...4).map { (level: Int) in
      CodebookAlert(
        rule: rule, severity: .warning, level: level, text: "of level \(level)", remedy: "mend it")
    }
  }
  _ = model.update(.run(.status(status, run: ExampleRun.path)))
  let text = AppView(model: model, context: DrawingContext()).screen().text
  #expect(text.contains("! SATURATED L1, also L2 L3 L4: of level 1 → mend it"))
  #expect(text.contains("INERT") && text.contains("COLLAPSE"))
}

@Test func withoutRunsTheScreenSaysHowToBegin() throws {
  var model = AppModel(size: size)
  _ = model.update(.key(.character("4")))
  _ = model.update(.run(.listed([], plans: [])))
  try expectScreen(model, named: "run-none-80x24")
}

@Test(arguments: TrainPanel.allCases)
func everySizeOfTheTrainScreenIsDrawn(panel: TrainPanel) {
  var model = ExampleRun.watched(size, panel: panel)
  for width in [1, 2, 3, 8, 21, 40, 79, 96, 150, 233] {
    for height in [1, 2, 3, 5, 8, 12, 17, 24, 36, 60] {
      _ = model.update(.resized(Size(width: width, height: height)))
      for symbols in SymbolSet.allCases {
        model.train.charts.isAlone = symbols == .block
        let context = DrawingContext(
          symbols: symbols, depth: symbols == .ascii ? .none : .truecolor)
        let screen = AppView(model: model, context: context).screen()
        #expect(screen.size == model.size)
      }
      _ = model.update(.key(.mouse(MouseEvent(.press, x: width / 2, y: height / 2))))
      model.train.panel = panel
    }
  }
}

@Test func withoutUnicodeOnlyLettersAreDrawn() {
  let model = ExampleRun.watched(Size(width: 200, height: 60))
  var shown = model
  shown.look.symbols = .ascii
  let screen = AppView(model: shown, context: DrawingContext(symbols: .ascii, depth: .none))
    .screen()
  #expect(!screen.text.unicodeScalars.contains { (0x2800...0x28ff).contains($0.value) })
}

// MARK: - Charts

private func column(_ values: [Float]) -> MetricColumn {
  var column = MetricColumn()
  for (index, value) in values.enumerated() { column.append(Double(value), step: index + 1) }
  return column
}

private func trace(_ values: [Float], smoothing: Float, width: Int) -> MetricTrace {
  let line = MetricChart.Line(column: column(values), color: .standard, marker: "*")
  let chart = MetricChart(lines: [line], range: 1...values.count, smoothing: smoothing)
  return MetricTrace(line, chart, width: width)
}

@Test func theAverageHasNoBiasTowardsItsBeginning() {
  #expect(
    trace([2, 2, 2, 2], smoothing: 0.9, width: 4).columns.allSatisfy { abs($0.average - 2) < 1e-6 })
  // (0.5 · 0.5 · 0 + 0.5 · 3) / (0.25 + 0.5)
  let two = trace([0, 3], smoothing: 0.5, width: 2)
  #expect(abs(two.columns[1].average - 2) < 1e-6)
}

@Test func aSpikeSurvivesAnyNumberOfSteps() {
  var values = [Float](repeating: 1, count: 10_000)
  values[4_321] = 77
  let columns = trace(values, smoothing: 0.99, width: 50).columns
  #expect(columns.map(\.high).max() == 77)
  #expect(columns.count { $0.high > 1 } == 1)
}

/// Many steps are drawn from sums over blocks, few one by one: the picture is the same.
@Test func longRunsAreDrawnLikeShortOnes() {
  let values = (0..<20_000).map { Float(($0 * 7_919) % 1_000) }
  let line = MetricChart.Line(column: column(values), color: .standard, marker: "*")
  let chart = MetricChart(lines: [line], range: 1...20_000, smoothing: 0.9)
  let columns = MetricTrace(line, chart, width: 100).columns
  // The last column holds the last step alone.
  #expect(columns.dropLast().allSatisfy { $0.low <= 30 && $0.high >= 970 })
  var (sum, weight) = (Float(0), Float(0))
  for value in values {
    sum = 0.9 * sum + 0.1 * value
    weight = 0.9 * weight + 0.1
  }
  #expect(abs((columns.last?.average ?? 0) - sum / weight) < 1)
  #expect(line.column.best(isLow: false)?.value == 999)
  #expect(line.column.best(isLow: false)?.step == (values.firstIndex(of: 999) ?? 0) + 1)
  #expect(MetricStrip.means(line.column, over: 1...20_000, columns: 1) == [499.5])
}

@Test func whatIsNoNumberIsAGapWithAMark() {
  let columns = trace([1, .nan, .infinity, 2], smoothing: 0, width: 4).columns
  #expect(columns.map(\.isBroken) == [false, true, true, false])
  #expect(columns[1].isEmpty && columns[3].last == 2)
  var model = ExampleRun.watched(size)
  let steps = [ExampleRun.step(61, loss: .nan), ExampleRun.step(62)]
  _ = model.update(.run(.steps(steps, run: ExampleRun.path, isRestarted: false)))
  model.train.charts.isAlone = true
  #expect(AppView(model: model, context: DrawingContext()).screen().text.contains("×"))
}

@Test func valuesAreFoundAtOrBeforeAStep() {
  var sparse = MetricColumn()
  for step in [20, 40, 60] { sparse.append(Double(step) / 10, step: step) }
  #expect(sparse.value(at: 19) == nil)
  #expect(sparse.value(at: 20)?.value == 2)
  #expect(sparse.value(at: 59)?.step == 40)
  #expect(sparse.value(at: 9_999)?.step == 60)
}

@Test func stripsAreMeansOfTheirColumns() {
  #expect(MetricStrip.means(column([1, 3, 5, 7]), over: 1...4, columns: 2) == [2, 6])
}

// MARK: - Keys

@Test func zoomKeepsTheCursorAndEndFollowsAgain() {
  var model = ExampleRun.watched(size)
  #expect(model.train.visible == 1...60)
  _ = press([.character("+")], &model)
  #expect(model.train.visible == 31...60)
  _ = model.update(ExampleRun.steps(61...70))
  #expect(model.train.visible == 41...70)
  _ = press([.home], &model)
  #expect(model.train.visible == 1...30)
  #expect(model.train.cursor == 1)
  _ = model.update(ExampleRun.steps(71...80))
  #expect(model.train.visible == 1...30)
  _ = press([.end], &model)
  #expect(model.train.visible == 51...80)
  #expect(model.train.cursor == 80)
  _ = press([.character("-"), .character("-")], &model)
  #expect(model.train.visible == 1...80)
}

@Test func pinnedChartsStandFirstAndAFilterNarrowsThem() {
  var model = ExampleRun.watched(size)
  let titles = TrainChart.all(model.train).map(\.title)
  #expect(titles.first == "loss")
  _ = press([.down, .down, .character("m")], &model)
  #expect(TrainChart.all(model.train).first?.title == titles[2])
  _ = type(":filter validation", &model)
  #expect(TrainChart.all(model.train).allSatisfy { $0.title.contains("validation") })
  _ = type(":filter nonsense", &model)
  #expect(model.notice?.isError == true)
  #expect(TrainChart.all(model.train).count == titles.count)
}

/// A prior has no codebook of its own: what it knows of masked bits takes the place of usage.
@Test func aPriorsRunShowsWhatItKnowsOfMaskedBits() throws {
  let wide = Size(width: 120, height: 60)
  var model = AppModel(size: wide)
  _ = model.watch(ExampleRun.path)
  let steps = (1...40).map { ExampleRun.priorStep($0) }
  _ = model.update(.run(.steps(steps, run: ExampleRun.path, isRestarted: false)))
  let titles = TrainChart.all(model.train).map(\.title)
  #expect(titles.contains("masked bits right") && titles.contains("text gain (nats)"))
  #expect(titles.contains("masked bits, majority") && titles.contains("masked tokens right"))
  #expect(!titles.contains("used of ceiling") && !titles.contains("validation PSNR (dB)"))
  model.train.panel = .levels
  let text = AppView(model: model, context: DrawingContext()).screen().text
  #expect(text.contains("masked bits right") && text.contains("L4"))
  let last = try #require(model.train.watched?.history[.level(4, .bitAccuracy)]?.last)
  #expect(abs(last - 0.9) < 1e-6)
}

@Test func trainersAreAskedThroughTheirJournal() {
  var model = ExampleRun.watched(size)
  func ask(_ command: String, _ value: Double? = nil) -> [Effect] {
    [.run(.ask(run: ExampleRun.path, command: command, value: value))]
  }
  #expect(press([.character("p")], &model) == ask("pause"))
  #expect(press([.character("C")], &model) == ask("checkpoint"))
  #expect(type(":lr 3e-4", &model) == ask("learning_rate", 3e-4))
  #expect(type(":weight entropy 0.01", &model) == ask("weight:entropy", 0.01))
  // Stopping is typed out, so that a slip of the finger stops nothing.
  #expect(press([.character("X")], &model).isEmpty)
  #expect(press([.enter], &model) == ask("stop"))
  #expect(type(":lr -1", &model).isEmpty)
  #expect(model.notice?.isError == true)
  _ = model.update(.run(.status(ExampleRun.status(.paused), run: ExampleRun.path)))
  #expect(press([.character("p")], &model) == ask("resume"))
  _ = model.update(.run(.status(ExampleRun.status(.stopped), run: ExampleRun.path)))
  #expect(press([.character("p")], &model).isEmpty)
  #expect(press([.character("r")], &model) == [.run(.resume(run: ExampleRun.path))])
}

@Test func answersToOurCommandsAreSaid() {
  var model = ExampleRun.watched(size)
  var status = ExampleRun.status()
  status.journal[1].answer = .init(step: 61, applied: false, reason: "no such thing")
  _ = model.update(.run(.asked(id: "2", run: ExampleRun.path)))
  _ = model.update(.run(.status(status, run: ExampleRun.path)))
  #expect(model.notice?.text == "learning_rate 3e-4: refused, no such thing")
  #expect(model.notice?.isError == true)
}

@Test func buttonsStartTheirPlans() {
  var model = ExampleRun.watched(size)
  func start(_ plan: String) -> [Effect] { [.run(.start(plan: plan, folder: "runs"))] }
  #expect(press([.character("O"), .enter], &model) == start("overfit"))
  #expect(press([.character("Q"), .enter], &model) == start("quantizer-off"))
  #expect(press([.character("n")], &model).isEmpty)
  #expect(type("tiny", &model) == start("tiny"))
}

// MARK: - Time

/// Only the Train screen has a deadline, and it is slow where nothing can change.
@Test func nothingWakesTheOtherScreens() {
  var model = AppModel(size: size)
  #expect(model.nextDeadline == nil)
  let effects = press([.character("4")], &model)
  #expect(effects == [.run(.look), .run(.list(folder: "runs"))])
  #expect(model.nextDeadline != nil)
  _ = press([.character("1")], &model)
  #expect(model.nextDeadline == nil)
  model = ExampleRun.watched(size)
  _ = model.update(.run(.status(ExampleRun.status(.finished), run: ExampleRun.path)))
  _ = model.update(.clock(10))
  #expect(model.nextDeadline == 12)
  #expect(model.update(.clock(11)).isEmpty)
  #expect(model.update(.clock(12)) == [.run(.look), .run(.list(folder: "runs"))])
}

@Test func aRunThatWasCutIsReadAnew() {
  var model = ExampleRun.watched(size)
  let steps = (1...40).map { ExampleRun.step($0) }
  _ = model.update(.run(.steps(steps, run: ExampleRun.path, isRestarted: true)))
  #expect(model.train.watched?.history.lastStep == 40)
  #expect(model.train.watched?.history[.loss]?.count == 40)
}

@Test func ofManyPreviewsTheFirstAndLastStay() {
  var run = WatchedRun(path: "x")
  for step in 1...200 { run.add([ExampleRun.preview(step)]) }
  #expect(run.previews.count == WatchedRun.keptPreviews)
  #expect(run.previews.first?.step == 1)
  #expect(run.previews.last?.step == 200)
  let gaps = zip(run.previews.dropFirst(), run.previews).map { $0.step - $1.step }
  #expect((gaps.max() ?? 200) <= 60)
}

@Test func spansOfTimeAreReadable() {
  #expect(TrainNumbersView.span(45) == "45 s")
  #expect(TrainNumbersView.span(720) == "12 min")
  #expect(TrainNumbersView.span(12_000) == "3 h 20 min")
  #expect(TrainNumbersView.span(190_000) == "2 d 4 h")
  #expect(TrainNumbersView.scientific(3e-4) == "3e-4")
  #expect(TrainNumbersView.scientific(1.5e-4) == "1.5e-4")
}
