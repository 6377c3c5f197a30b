import Testing
import TokenizerEngine

@testable import Training
@testable import Workbench

private func series(_ tag: String, _ role: NumberRole, _ values: [Double]) -> RunNumbers {
  RunNumbers(
    tag: tag, role: role, steps: values.indices.map { Int32($0) }, values: values)
}

@Test func anotherProgramsNumbersAreCharts() {
  var model = AppModel(size: Size(width: 160, height: 50))
  _ = model.watch("runs/theirs")
  let all = [
    series("train/loss", .loss, [1, 0.5]), series("accuracy", .other, [0.25, 0.75]),
    series("vq/usage", .codebook(.usage, level: nil), [0.9, 0.8]),
  ]
  _ = model.update(.run(.series(all, run: "runs/theirs", isRestarted: false)))
  var status = RunStatus()
  status.isForeign = true
  _ = model.update(.run(.status(status, run: "runs/theirs")))
  #expect(TrainChart.all(model.train).map(\.title) == ["loss", "vq/usage", "accuracy"])
  let text = AppView(model: model, context: DrawingContext(theme: .dark)).screen().text
  for word in ["accuracy", "vq/usage", "0.75", "step 1"] { #expect(text.contains(word), "\(text)") }
  // What is said of a level stands among the levels too; of two names for one number the first.
  let leveled = [
    series("train/level_2/usage", .codebook(.usage, level: 2), [40, 30]),
    series("val/level_2/usage", .codebook(.usage, level: 2), [7, 7]),
    series("train/level_1/usage", .codebook(.usage, level: 1), [80, 70]),
  ]
  _ = model.update(.run(.series(leveled, run: "runs/theirs", isRestarted: false)))
  let history = model.train.watched?.history
  #expect(history?.levels == 2 && history?.levelMetrics == [.loggedUsage])
  #expect(history?[.level(2, .loggedUsage)]?.values == [40, 30])
  let strips = AppView(model: model, context: DrawingContext(theme: .dark)).screen().text
  #expect(strips.contains("usage, as logged") && strips.contains("L2"), "\(strips)")
  _ = model.update(.run(.series([all[1]], run: "runs/theirs", isRestarted: true)))
  #expect(TrainChart.all(model.train).map(\.title) == ["accuracy"])
}
