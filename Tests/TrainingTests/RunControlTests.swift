import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training

private let tinyPath = plansFolder + "/tiny.json"

private func shortPlan(steps: Int = 14) throws -> TrainingPlan {
  var plan = try TrainingPlan(path: tinyPath)
  plan.stages[0].steps = steps
  plan.stages[0].optimizer.decayStart = steps
  plan.checkpoint.every = 4
  plan.validation.every = 100
  plan.validation.clips = 1
  return plan
}

/// Trains, asking what `questions` says after each step.
private func train(
  _ plan: TrainingPlan, in run: String, resume: Bool = false,
  questions: [Int: [RunCommand]] = [:]
) throws -> (result: TrainingResult, metrics: [StepMetrics]) {
  let trainer = try Trainer(plan: plan, planPath: tinyPath, run: run, resume: resume)
  var metrics: [StepMetrics] = []
  let result = try trainer.run(report: { event in
    switch event {
    case .step(let step):
      metrics.append(step)
      for command in questions[step.step] ?? [] { try? RunJournal.ask(command, ofRun: run) }
    case .paused:
      // Asked again and again while it waits; the first answer counts.
      try? RunJournal.ask(RunCommand(id: "on", time: 0, command: "resume"), ofRun: run)
    default: break
    }
  })
  return (result, metrics)
}

private func answers(_ run: String) throws -> [String: RunAnswer] {
  var lines = GrowingLines(path: run + "/commands.jsonl")
  var journal = RunJournal()
  for line in lines.read().lines { journal.add(line) }
  return journal.answers
}

private func weights(_ run: String, step: Int) throws -> [String: StoredTensor] {
  try SafetensorsFile.read("\(run)/checkpoints/step-\(step)/training.safetensors").tensors
}

@Suite(.serialized)
struct RunControlTests {
  @Test func commandsAreObeyedAnsweredAndMadeAgainAtTheirStepsOnResume() throws {
    let folder = try TemporaryFolder()
    let plan = try shortPlan()
    let run = folder.file("run")
    let questions: [Int: [RunCommand]] = [
      2: [RunCommand(id: "a", time: 1e12, command: "learning_rate", value: 0.0011)],
      5: [
        RunCommand(id: "b", time: -5, command: "weight:entropy", value: 0.5),
        RunCommand(id: "c", time: 0, command: "weight:entropi", value: 0.5),
        RunCommand(id: "h", time: 0, command: "weight:drift", value: 0.5),
        RunCommand(id: "d", time: 0, command: "pause"),
      ],
      6: [
        RunCommand(id: "e", time: 0, command: "checkpoint"),
        RunCommand(id: "f", time: 0, command: "learning_rate", value: -1),
        RunCommand(id: "g", time: 0, command: "puase"),
      ],
    ]
    let whole = try train(plan, in: run, questions: questions)
    #expect(whole.result.isFinished)
    let rates = whole.metrics.map(\.learningRate)
    for (step, rate) in [(2, 0.002), (3, 0.00066), (14, 0.0011)] {
      #expect(abs(rates[step - 1] - rate) < 1e-12)
    }
    let entropy = whole.metrics.map { $0.terms["entropy"]?.weight }
    #expect(entropy[4] == 0.02 && entropy[5] == 0.5 && entropy[13] == 0.5)
    let told = try answers(run)
    #expect(told["a"] == RunAnswer(id: "a", step: 2, applied: true, reason: ""))
    #expect(told["b"]?.step == 5 && told["b"]?.applied == true)
    #expect(told["c"]?.applied == false && told["c"]?.reason.contains("“entropy”") == true)
    #expect(told["h"]?.reason == "the plan names no such term")
    #expect(told["d"]?.applied == true && told["on"]?.applied == true)
    #expect(told["e"]?.step == 6 && told["e"]?.applied == true)
    #expect(told["f"]?.reason == "a learning rate is a number above 0")
    #expect(told["g"]?.reason.contains("“pause”") == true)

    let plain = try train(plan, in: folder.file("plain"))
    #expect(try weights(folder.file("plain"), step: 14) != weights(run, step: 14))
    #expect(plain.metrics[1].loss == whole.metrics[1].loss)
    // What a process killed after a checkpoint, or before its first, leaves: journal and all.
    for kept in [0, 8] {
      let other = folder.file("from-\(kept)")
      try FileManager.default.copyItem(atPath: run, toPath: other)
      for step in RunFolder(path: other).checkpointSteps() where step > kept || kept == 0 {
        try FileManager.default.removeItem(atPath: "\(other)/checkpoints/step-\(step)")
      }
      let again = try train(plan, in: other, resume: true)
      #expect(again.metrics.first?.step == kept + 1)
      #expect(again.metrics.map(\.loss) == whole.metrics[kept...].map(\.loss))
      #expect(try weights(other, step: 14) == weights(run, step: 14))
      #expect(try answers(other) == told)
    }
  }

  @Test func aRunStopsWhenItIsToldAndForgetsWhatWasAskedOfADeadProcess() throws {
    let folder = try TemporaryFolder()
    let plan = try shortPlan(steps: 6)
    let part = try train(
      plan, in: folder.path,
      questions: [3: [RunCommand(id: "s", time: 0, command: "stop")]])
    #expect(!part.result.isFinished && part.result.steps == 3)
    #expect(RunRecord.read(RunFolder(path: folder.path))?.state == "stopped")
    try RunJournal.ask(RunCommand(id: "t", time: 0, command: "stop"), ofRun: folder.path)
    let rest = try train(plan, in: folder.path, resume: true)
    #expect(rest.result.isFinished)
    #expect(try answers(folder.path)["t"]?.applied == false)
  }

  @Test func stagesHaveTheirOwnTermsDataRoundingAndTrainedParts() throws {
    let folder = try TemporaryFolder()
    var plan = try shortPlan(steps: 3)
    var second = plan.stages[0]
    plan.stages[0].quantizer = .identity
    plan.stages[0].losses = ["l1": 1]
    plan.stages[0].finalLosses = nil
    second.name = "second"
    second.trainable = ["quantizer.levels.*.out.*"]
    second.accumulate = 2
    second.data = TrainingPlan.DataPlan(clips: 2)
    plan.stages.append(second)
    plan.checkpoint.every = 3
    let run = try train(plan, in: folder.path)
    #expect(run.metrics.map(\.stage) == ["tiny", "tiny", "tiny", "second", "second", "second"])
    #expect(Set(run.metrics[0].terms.keys) == ["l1"])
    #expect(run.metrics[5].terms["entropy"] != nil)
    let (before, after) = (
      try weights(folder.path, step: 3), try weights(folder.path, step: 6)
    )
    let moved = before.keys.filter { $0.hasPrefix("weight.") && before[$0] != after[$0] }
    #expect(!moved.isEmpty)
    #expect(moved.allSatisfy { $0.hasPrefix("weight.quantizer.levels.") && $0.contains(".out.") })
  }
}

/// The figures of the paper need machines like its authors'; the plan itself does not.
@Test func thePapersPlanDoesAStepOfEachStageInReducedSize() throws {
  let folder = try TemporaryFolder()
  let whole = try TrainingPlan(path: plansFolder + "/paper.json")
  var plan = try TrainingPlan(path: plansFolder + "/paper-reduced.json")
  // The weights of the feature network come with neither plan.
  let weights = folder.file("narrow.safetensors")
  try SafetensorsFile(metadata: [:], tensors: narrowNetwork(hasHeads: false)).write(to: weights)
  plan.perceptual = PerceptualPlan(weights: weights, frames: whole.perceptual?.frames)
  for index in plan.stages.indices { plan.stages[index].losses["perceptual"] = 2.5 }
  for (own, papers) in zip(plan.stages, whole.stages) {
    #expect(own.name == papers.name && own.losses == papers.losses)
    #expect(own.trainable == papers.trainable && own.quantizer == papers.quantizer)
    #expect(own.optimizer.learningRate == papers.optimizer.learningRate)
  }
  #expect(plan.corruption == whole.corruption && plan.drift == whole.drift)
  let run = try train(plan, in: folder.file("run"))
  #expect(run.result.isFinished && run.metrics.count == 4)
  for (metrics, stage) in zip(run.metrics, whole.stages) {
    #expect(metrics.terms.mapValues(\.weight) == stage.losses)
  }
  #expect(run.metrics.allSatisfy { $0.loss.isFinite })
}

/// Of the paper's plan a newcomer has neither the clips nor the network.
@Test func whatThePapersPlanLacksIsNamedWithTheWayToIt() throws {
  let folder = try TemporaryFolder()
  let path = folder.file("paper.json")
  try FileManager.default.copyItem(atPath: plansFolder + "/paper.json", toPath: path)
  func refusal() throws -> String {
    let plan = try TrainingPlan(path: path)
    do {
      _ = try Trainer(plan: plan, planPath: path, run: folder.file("run"), resume: false)
    } catch { return "\(error)" }
    return ""
  }
  #expect(try refusal().contains("videos.jsonl is not a usable manifest: there is no such file"))
  try #"{"path": "a.mkv", "caption": "A red square."}"#
    .write(toFile: folder.file("videos.jsonl"), atomically: true, encoding: .utf8)
  let lacksNetwork = try refusal()
  #expect(
    lacksNetwork.contains("squeezenet.npz, which is not there; bring the weights of a Squeeze"))
  #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
}

@Test func aTornLineIsNeitherLostNorMixedWithTheNext() throws {
  let folder = try TemporaryFolder()
  let path = folder.file("commands.jsonl")
  let whole = #"{"command":"pause","id":"1","time":0}"#
  // Complete but for its end: a viewer that was killed, or a shell without a newline.
  try whole.write(toFile: path, atomically: true, encoding: .utf8)
  let plan = try shortPlan()
  var control = try RunControl(folder: RunFolder(path: folder.path), plan: plan, step: 7)
  let asked1 = try control.read()
  #expect(asked1.isEmpty)
  try RunJournal.ask(RunCommand(id: "2", time: 0, command: "stop"), ofRun: folder.path)
  let asked2 = try control.read()
  #expect(asked2.map(\.id) == ["2"])
  // Cut short for good: what follows is a line of its own.
  let handle = try #require(FileHandle(forWritingAtPath: path))
  handle.seekToEndOfFile()
  handle.write(Data(#"{"command":"pau"#.utf8))
  let asked3 = try control.read()
  #expect(asked3.map(\.id) == ["2"])
  try control.answer(RunCommand(id: "2", time: 0, command: "stop"), step: 7, refusal: nil)
  let asked4 = try control.read()
  #expect(asked4.isEmpty)
  try RunJournal.ask(RunCommand(id: "3", time: 0, command: "resume"), ofRun: folder.path)
  let asked5 = try control.read()
  #expect(asked5.map(\.id) == ["3"])
  let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
  #expect(lines.count == 6)
}

@Test func manyWritersOfOneFileLoseNothing() async throws {
  let folder = try TemporaryFolder()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<4 {
      group.addTask {
        for number in 0..<50 {
          try RunJournal.ask(
            RunCommand(id: "\(writer)-\(number)", time: 0, command: "checkpoint"),
            ofRun: folder.path)
        }
      }
    }
    try await group.waitForAll()
  }
  var lines = GrowingLines(path: folder.file("commands.jsonl"))
  var journal = RunJournal()
  for line in lines.read().lines { journal.add(line) }
  #expect(Set(journal.commands.map(\.id)).count == 200)
}

@Test func aChangeEndsWithItsStage() throws {
  let folder = try TemporaryFolder()
  var plan = try shortPlan(steps: 5)
  plan.stages.append(plan.stages[0])
  let run = RunFolder(path: folder.path)
  try RunJournal.ask(
    RunCommand(id: "1", time: 0, command: "weight:l1", value: 3), ofRun: folder.path)
  var control = try RunControl(folder: run, plan: plan, step: 2)
  for command in try control.read() { try control.answer(command, step: 2, refusal: nil) }
  #expect(control.changes(at: 1) == StageChanges())
  #expect(control.changes(at: 2).weights == ["l1": 3])
  #expect(control.changes(at: 4).weights == ["l1": 3])
  #expect(control.changes(at: 5) == StageChanges())
}
