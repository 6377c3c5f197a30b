import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

/// The tiny plan with captions read by the random BERT that the tests of `Tokenization` keep.
@Suite(.serialized)
struct FrozenTextTrainingTests {
  private static let encoder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../TokenizationTests/Fixtures/tiny-bert").standardized.path

  private func makePlan(textWidth: Int = 24, path: String = encoder) throws -> TrainingPlan {
    var plan = try TrainingPlan(path: plansFolder + "/tiny.json")
    plan.model.textWidth = textWidth
    plan.textEncoder = TextEncoderPlan(layout: .bert, path: path)
    return plan
  }

  private func train(
    _ plan: TrainingPlan, in run: String, resume: Bool = false, steps: Int
  ) throws -> [StepMetrics] {
    let trainer = try Trainer(
      plan: plan, planPath: plansFolder + "/tiny.json", run: run, resume: resume)
    var metrics: [StepMetrics] = []
    _ = try trainer.run(
      shouldStop: { metrics.count >= steps },
      report: { if case .step(let step) = $0 { metrics.append(step) } })
    return metrics
  }

  @Test(arguments: [24, 16])
  func aRunNamesItsEncoderAndGoesOnBitForBit(textWidth: Int) throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(textWidth: textWidth)
    let whole = try train(plan, in: folder.file("whole"), steps: 4)
    let first = try train(plan, in: folder.file("cut"), steps: 2)
    let second = try train(plan, in: folder.file("cut"), resume: true, steps: 2)
    #expect((first + second).map(\.loss) == whole.map(\.loss))
    #expect(whole[0].terms["alignment"] != nil)
    // The encoder counts: without it the run is another.
    var own = plan
    own.textEncoder = nil
    let other = try train(own, in: folder.file("own"), steps: 1)
    #expect(other[0].terms["alignment"]?.value != whole[0].terms["alignment"]?.value)

    let checkpoint = folder.file("whole") + "/checkpoints/step-4"
    let model = try ModelFolder.read(checkpoint)
    #expect(
      model.configuration.textEncoder == (try FrozenTextEncoder(directory: Self.encoder).reference))
    let text = model.tensors.keys.filter { $0.hasPrefix("text.") }.sorted()
    #expect(text == (textWidth == 24 ? [] : ["text.projection.bias", "text.projection.weight"]))
    let tokenizer = try VideoTokenizer(directory: checkpoint)
    #expect(throws: TextEncoderError.self) { try tokenizer.makeEncoder(caption: "a red ball") }
  }

  @Test func aMissingEncoderIsSaidBeforeAnythingIsWritten() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(path: "nowhere/all-MiniLM-L6-v2")
    #expect {
      try Trainer(
        plan: plan, planPath: folder.file("plan.json"), run: folder.file("run"), resume: false)
    } throws: {
      "\($0)".contains("/nowhere/all-MiniLM-L6-v2;")
        && "\($0)".contains("`make text-encoder`")
    }
    #expect(try folder.contents() == [])
  }

  @Test(arguments: [
    (#""text_encoder": {"layout": "bert", "path": "x"}, "vocabulary": "v.json","#, "contradict"),
    (#""text_encoder": {"layout": "t5", "path": "x"},"#, "text_encoder.layout"),
    (#""text_encoder": {"layout": "bert"},"#, "text_encoder.path"),
    (#""text_encoder": {"layout": "bert", "folder": "x"},"#, "text_encoder.folder"),
  ])
  func badFieldsAreNamed(fields: String, message: String) throws {
    let plan = try String(contentsOfFile: plansFolder + "/tiny.json", encoding: .utf8)
    let bad = "{" + fields + plan.dropFirst()
    #expect {
      try TrainingPlan(json: Array(bad.utf8), path: "plan.json")
    } throws: {
      "\($0)".contains(message) && !"\($0)".contains("\n")
    }
  }
}
