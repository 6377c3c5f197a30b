import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Training

/// What is said of lines of another program, and at which line it was said first.
private func judge(
  _ lines: Int, _ thresholds: AlertThresholds = AlertThresholds(), _ line: (Int) -> String
) throws -> (rises: [String: Int], alerts: [Alert]) {
  let folder = try TemporaryFolder()
  let file = folder.file("metrics.jsonl")
  try Data().write(to: URL(fileURLWithPath: file))
  let handle = try #require(FileHandle(forWritingAtPath: file))
  try handle.write(contentsOf: Data("{\"step\": 0, \"name\": 1}\n".utf8))
  var run = try #require(ForeignRun(path: folder.path, thresholds: thresholds))
  var rises: [String: Int] = [:]
  for step in 1...lines {
    try handle.write(contentsOf: Data("{\"step\": \(step), \(line(step))}\n".utf8))
    _ = run.poll()
    for alert in run.alerts where rises[alert.id] == nil { rises[alert.id] = step }
  }
  return (rises, run.alerts)
}

private func wave(_ step: Int) -> Double { 1 + 0.05 * sin(Double(step) * 1.7) }

@Test func faultsOfOtherProgramsRunsAreNamedWithinThreeWindows() throws {
  // A fault begins at step 65 of 100; a window is ten logged values.
  let faults: [(String, (Int) -> String)] = [
    ("QLOSS_ZERO", { "\"vq_loss\": \($0 < 65 ? 0.3 * wave($0) : 0.0001), \"rec_loss\": 0.2" }),
    ("COMMIT_UP", { "\"train/commit_loss\": \($0 < 65 ? 0.3 * wave($0) : 0.9)" }),
    (
      "ENTROPY_SIGN",
      { step in
        let entropy = step < 65 ? 6.0 * wave(step) / 1.05 : 6 * exp(-Double(step - 65) / 20)
        return "\"batch_entropy\": \(entropy), \"entropy_loss\": \(entropy / 10)"
      }
    ),
    ("LR", { "\"lr\": \($0 < 65 ? 1e-4 : 1e-10)" }),
    (
      "GAN_ON",
      {
        "\"disc_loss\": \($0 < 65 ? 0 : 1), \"codebook/usage\": \(($0 < 65 ? 0.9 : 0.6) * wave($0))"
      }
    ),
  ]
  for (id, line) in faults {
    let (rises, _) = try judge(100, AlertThresholds(), line)
    #expect(Array(rises.keys) == [id], "\(id): \(rises)")
    #expect((65..<95).contains(rises[id] ?? 0), "\(id): \(rises)")
  }
  // Whole tokens or bits, at each evaluation.
  for (tag, high) in [("token_flip_rate", 0.7), ("quantizer/bit_flips/level2", 0.3)] {
    let (rises, alerts) = try judge(30) { "\"\(tag)\": \($0 < 20 ? 0.1 : high)" }
    #expect(rises == ["DRIFT": 21], "\(tag)")
    #expect(alerts.first?.level == (tag.hasSuffix("2") ? 2 : nil))
  }
}

@Test func healthyRunsOfOtherProgramsRaiseNothing() throws {
  let (rises, _) = try judge(200) { step in
    """
    "train/vq_loss": \(0.2 * wave(step) + 0.3 * exp(-Double(step) / 10)), \
    "train/rec_loss": \(0.1 + exp(-Double(step) / 50)), "train/lr": \(1e-4 * min(1, Double(step) / 50)), \
    "train/disc_loss": \(step < 100 ? 0 : 0.7), "train/usage": \(0.8 * wave(step)), \
    "train/entropy_loss": \(-5 * wave(step)), "train/codebook_entropy": \(6 * wave(step)), \
    "train/d_weight": \(step < 100 ? 0 : 3), "bit_flip_rate": \(0.02 + 0.4 * exp(-Double(step) / 3))
    """
  }
  #expect(rises.isEmpty, "\(rises)")
}

@Test func whatIsNotLoggedIsNotJudged() throws {
  // No loss of the picture, no term of entropies, no usage before the discriminator.
  let (rises, _) = try judge(100) {
    """
    "vq_loss": \($0 < 65 ? 0.3 : 1e-5), "batch_entropy": \(6 * exp(-Double($0) / 20)), \
    "disc_loss": \($0 < 65 ? 0 : 1), "weights/beta": \($0)
    """
  }
  #expect(rises.isEmpty, "\(rises)")
}

@Test func thresholdsJudgeOtherProgramsRunsToo() throws {
  var thresholds = AlertThresholds()
  thresholds.commitmentRise = 4
  let (rises, _) = try judge(100, thresholds) { "\"commit_loss\": \($0 < 65 ? 0.3 : 0.9)" }
  #expect(rises.isEmpty)
}

@Test func settingsOfHalfPrecisionAreTold() throws {
  func severity(_ settings: String) throws -> Alert.Severity? {
    let (_, alerts) = try judge(1) { _ in "\"config\": {\(settings)}" }
    #expect(alerts.allSatisfy { $0.rule == .precision })
    return alerts.first?.severity
  }
  #expect(try severity("\"quantizer\": {\"dtype\": \"torch.bfloat16\"}") == .warning)
  #expect(try severity("\"vq_precision\": \"fp16\"") == .warning)
  #expect(try severity("\"precision\": \"bf16-mixed\"") == .info)
  #expect(try severity("\"precision\": \"32-true\"") == nil)
  #expect(try severity("\"quantizer\": {\"dtype\": \"float32\"}") == nil)
  #expect(try severity("\"name\": \"fp16 run\"") == nil)
}
