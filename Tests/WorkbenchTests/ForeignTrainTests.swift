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
  _ = model.update(.run(.series([all[1]], run: "runs/theirs", isRestarted: true)))
  #expect(TrainChart.all(model.train).map(\.title) == ["accuracy"])
}
