import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

private let tinyPath = plansFolder + "/tiny.json"

private func tiny() throws -> TrainingPlan { try TrainingPlan(path: tinyPath) }

private func train(
  _ plan: TrainingPlan, in run: String, resume: Bool = false, stopAfter: Int = .max
) throws -> (result: TrainingResult, metrics: [StepMetrics]) {
  let trainer = try Trainer(plan: plan, planPath: tinyPath, run: run, resume: resume)
  var metrics: [StepMetrics] = []
  let result = try trainer.run(
    shouldStop: { metrics.count >= stopAfter },
    report: { if case .step(let step) = $0 { metrics.append(step) } })
  return (result, metrics)
}

private func weights(_ result: TrainingResult) throws -> [String: StoredTensor] {
  let path = try #require(result.checkpoint)
  return try SafetensorsFile.read(path + "/training.safetensors").tensors
}

@Suite(.serialized)
struct TrainerTests {
  @Test func aTinyRunLowersItsLossAndLeavesAModel() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    let (result, metrics) = try train(try tiny(), in: run)
    #expect(result.isFinished)
    #expect(result.steps == 40)
    #expect(metrics.map(\.step) == Array(1...40))
    #expect(result.finalLoss == metrics.last?.loss)
    let first = metrics.prefix(5).reduce(0) { $0 + ($1.terms["l1"]?.value ?? 0) }
    let last = metrics.suffix(5).reduce(0) { $0 + ($1.terms["l1"]?.value ?? 0) }
    #expect(last < 0.8 * first)
    #expect(metrics.last?.terms["entropy"]?.weight ?? 1 < 0.006)
    #expect(metrics[0].levels.count == 4)
    #expect(metrics.filter { $0.validation != nil }.map(\.step) == [20, 40])
    let model = try ModelFolder.read(run + "/model")
    #expect(model.configuration == (try tiny()).model)
    let lines = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 40)
  }

  @Test func withoutPicturesInTheLossTheNewestWeightsAreTheBest() throws {
    let folder = try TemporaryFolder()
    var plan = try tiny()
    plan.stages[0].steps = 6
    plan.stages[0].losses = ["alignment": 1]
    plan.stages[0].finalLosses = nil
    plan.validation.every = 2
    _ = try train(plan, in: folder.file("run"))
    let card = try String(contentsOfFile: folder.file("run/model/CARD.md"), encoding: .utf8)
    #expect(card.contains("from step 6 of 6"))
  }

  @Test func twoRunsWithOneSeedAreEqualBitForBit() throws {
    let folder = try TemporaryFolder()
    let plan = try tiny()
    let first = try train(plan, in: folder.file("a"), stopAfter: 12)
    let second = try train(plan, in: folder.file("b"), stopAfter: 12)
    #expect(try weights(first.result) == weights(second.result))
    #expect(first.metrics.map(\.loss) == second.metrics.map(\.loss))
    var other = plan
    other.seed += 1
    let third = try train(other, in: folder.file("c"), stopAfter: 12)
    #expect(first.metrics.map(\.loss) != third.metrics.map(\.loss))
  }

  @Test func aResumedRunEqualsOneThatWasNeverStopped() throws {
    let folder = try TemporaryFolder()
    let plan = try tiny()
    let whole = try train(plan, in: folder.file("whole"))
    let run = folder.file("parts")
    let part = try train(plan, in: run, stopAfter: 13)
    #expect(!part.result.isFinished)
    #expect(part.result.steps == 13)
    // Lines behind the checkpoint are what a killed run leaves.
    var lines = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
    lines += "{\"step\": 14, \"loss\": 1}\n{\"step\": 15, \"lo"
    try lines.write(toFile: run + "/metrics.jsonl", atomically: true, encoding: .utf8)
    let rest = try train(plan, in: run, resume: true)
    #expect(rest.metrics.first?.step == 14)
    #expect(rest.result.isFinished)
    #expect(try weights(rest.result) == weights(whole.result))
    #expect(part.metrics.map(\.loss) + rest.metrics.map(\.loss) == whole.metrics.map(\.loss))
    let steps = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
      .split(separator: "\n").map {
        try JSONDecoder().decode(StepMetrics.self, from: Data($0.utf8)).step
      }
    #expect(steps == Array(1...40))
    // A finished run prints its result again and does nothing.
    let again = try train(plan, in: run, resume: true)
    #expect(again.metrics.isEmpty)
    #expect(again.result == rest.result)
  }

  @Test func aRunThatWasKilledBeforeItsModelGetsItWhenResumed() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(path: folder.file("run"))
    var plan = try tiny()
    plan.stages[0].steps = 2
    let whole = try train(plan, in: run.path)
    let model = try ModelFolder.read(run.modelPath)
    try FileManager.default.removeItem(atPath: run.modelPath)
    var record = try #require(RunRecord.read(run))
    record.state = "running"
    try record.write(to: run)
    let again = try train(plan, in: run.path, resume: true)
    #expect(again.result == whole.result)
    #expect(try ModelFolder.read(run.modelPath).tensors == model.tensors)
    #expect(RunRecord.read(run)?.state == "finished")
  }

  @Test func twoProcessesDoNotTrainInOneFolder() throws {
    let folder = try TemporaryFolder()
    var lock: RunLock? = try RunLock(RunFolder(path: folder.path))
    #expect {
      try train(try tiny(), in: folder.path, stopAfter: 1)
    } throws: {
      "\($0)".contains("another process is training in it")
    }
    #expect(lock != nil)
    lock = nil
    #expect(try train(try tiny(), in: folder.path, stopAfter: 1).result.steps == 1)
  }

  @Test func aFolderWithARunIsRefusedUnlessItIsResumed() throws {
    let folder = try TemporaryFolder()
    var plan = try tiny()
    _ = try train(plan, in: folder.path, stopAfter: 1)
    #expect {
      try train(plan, in: folder.path)
    } throws: {
      "\($0)".contains("--resume")
    }
    plan.stages[0].optimizer.learningRate = 0.1
    #expect {
      try train(plan, in: folder.path, resume: true)
    } throws: {
      "\($0)".contains("stages.0.optimizer.learning_rate")
    }
  }

  @Test func aRunThatLeavesTheFiniteNumbersNamesTheTensorAndKeepsItsCheckpoint() throws {
    let folder = try TemporaryFolder()
    let plan = try tiny()
    let part = try train(plan, in: folder.path, stopAfter: 3)
    let path = try #require(part.result.checkpoint)
    var file = try SafetensorsFile.read(path + "/training.safetensors")
    let name = "weight.decoder.norm.gain"
    let gain = try #require(file.tensors[name])
    file.tensors[name] = StoredTensor(
      [Float](repeating: .nan, count: gain.count), shape: gain.shape)
    try file.write(to: path + "/training.safetensors")
    #expect {
      try train(plan, in: folder.path, resume: true)
    } throws: {
      "\($0)".contains("step 4: the weight decoder.norm.gain is not finite")
        && "\($0)".contains("of the procedural world and 2 more, 5 frames of 16x16")
        && "\($0)".contains("checkpoints/step-3")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("checkpoints"))
        == ["step-3"])
  }

  @Test func theLastThreeAndTheBestCheckpointAreKept() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(path: temporary.path)
    for step in [1, 2, 3, 4, 5, 6] {
      try FileManager.default.createDirectory(
        atPath: folder.checkpointPath(step: step), withIntermediateDirectories: true)
    }
    TrainingCheckpoint.prune(in: folder, best: 2)
    #expect(folder.checkpointSteps() == [2, 4, 5, 6])
  }

  @Test func trainingGoesOnFromGivenWeights() throws {
    let folder = try TemporaryFolder()
    var plan = try tiny()
    let first = try train(plan, in: folder.file("a"))
    plan.initialWeights = folder.file("a/model")
    let second = try train(plan, in: folder.file("b"), stopAfter: 1)
    let before = try #require(first.metrics.first?.terms["l1"]?.value)
    let after = try #require(second.metrics.first?.terms["l1"]?.value)
    #expect(after < 0.8 * before)
  }

  @Test func aHeadOfAnotherWidthStartsAnewOnGivenWeights() throws {
    let folder = try TemporaryFolder()
    var plan = try tiny()
    _ = try train(plan, in: folder.file("a"))
    plan.initialWeights = folder.file("a/model")
    plan.model.alignmentWidth = 6
    let (result, metrics) = try train(plan, in: folder.file("b"), stopAfter: 1)
    #expect(metrics.count == 1)
    let old = try ModelFolder.read(folder.file("a/model"))
    let new = try ModelFolder.read(try #require(result.checkpoint))
    #expect(new.tensors["alignment.tokens.0.weight"]?.shape == [6, 16])
    #expect(new.tensors["alignment.codes.weight"]?.shape == [64, 4 * 6])
    #expect(old.tensors["alignment.tokens.0.weight"] == nil)
    // What the folder is checked against before it is loaded.
    _ = try VideoTokenizer(new, path: "b")
  }
}

@Test func theSourceRevisionIsFoundBehindReferencesAndPointers() throws {
  let folder = try TemporaryFolder()
  let files = [
    "loose/HEAD": "ref: refs/heads/main\n", "loose/refs/heads/main": "abc\n",
    "packed/HEAD": "ref: refs/heads/main\n", "packed/packed-refs": "# x\ndef refs/heads/main\n",
    "detached/HEAD": "123\n", "pointer": "gitdir: \(folder.file("tree"))\n",
    "tree/HEAD": "ref: refs/heads/main\n", "tree/commondir": "../loose\n",
  ]
  for (name, text) in files {
    let url = URL(fileURLWithPath: folder.file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }
  let expected = [
    "loose": "abc", "packed": "def", "detached": "123", "pointer": "abc", "none": nil,
  ]
  for (name, revision) in expected {
    #expect(SourceRevision.read(repository: folder.file(name)) == revision)
  }
}

@Test func statisticsOfALevelCountCodesAndReach() {
  let z = Tensor([1, -1, 1, 1, 0.1, -1, 1, -1], shape: [4, 2])
  let statistics = LevelStatistics(z: z, slope: 6)
  #expect(statistics.used == 2)
  #expect(abs(statistics.ceiling - 4 * (1 - 0.316_406_25)) < 1e-9)
  #expect(statistics.bitEntropy[0] == 0)
  #expect(abs(statistics.bitEntropy[1] - 0.811_278) < 1e-6)
  #expect(statistics.inReach == 0.125)
}
