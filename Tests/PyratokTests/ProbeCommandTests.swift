import Foundation
import TestSupport
import Testing

/// `evaluate captions`, `evaluate retrieval` and `ablate` through the program.
@Suite struct ProbeCommandTests {
  private static let small = ["--clips", "6", "--frames", "5", "--size", "32"]

  private static func evaluate(_ arguments: [String]) throws -> Program.Result {
    try Program.start(["evaluate"] + arguments).wait()
  }

  private static func number(_ fields: [String: Any], _ name: String) -> Double? {
    (fields[name] as? NSNumber)?.doubleValue
  }

  @Test func retrievalGivesEverySetAndTheirMean() throws {
    let model = try TinyModel()
    let arguments = ["retrieval", "--model", model.path, "--sets", "2", "--json"] + Self.small
    let result = try Self.evaluate(arguments)
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect(fields["clips"] as? Int == 6)
    #expect(abs((Self.number(fields, "chance") ?? 0) - 1.0 / 6) < 1e-9)
    let sets = try #require(fields["sets"] as? [[String: Any]])
    let values = sets.compactMap { Self.number($0, "recall_at_1") }
    #expect(values.count == 2)
    let mean = try #require(Self.number(fields, "value"))
    #expect(abs(mean - values.reduce(0, +) / 2) < 1e-9)
    // The same seed, the same numbers.
    #expect(try Self.evaluate(arguments).output == result.output)
  }

  @Test func captionsChangeTokensOfEveryLevel() throws {
    let model = try TinyModel()
    let result = try Self.evaluate(["captions", "--model", model.path, "--json"] + Self.small)
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    let levels = try #require(fields["changed_tokens"] as? [[String: Any]])
    #expect(levels.compactMap { $0["level"] as? Int } == [1, 2, 3, 4])
    for level in levels {
      for name in ["right_from_none", "shuffled_from_none", "right_from_shuffled"] {
        let share = try #require(Self.number(level, name))
        #expect((0...1).contains(share))
      }
    }
    #expect(levels.contains { Self.number($0, "right_from_none") ?? 0 > 0 })
    let wins = try #require(Self.number(fields, "value"))
    #expect((0...1).contains(wins))
    for name in ["psnr_db_right", "psnr_db_shuffled", "psnr_db_none"] {
      #expect(Self.number(fields, name) ?? 0 > 1)
    }
  }

  @Test(arguments: [
    (["--clips", "1"], "--clips takes"), (["--frames", "6"], "6 frames are not"),
    (["--size", "40"], "40 is not a multiple of 32"), (["--frames", "0"], "--frames takes"),
  ])
  func whatAModelCannotTakeIsWrongUsage(arguments: [String], reason: String) throws {
    let model = try TinyModel()
    for command in ["retrieval", "captions"] {
      let result = try Self.evaluate([command, "--model", model.path] + arguments)
      #expect(result.code == 64)
      #expect(result.error.contains(reason))
    }
  }

  @Test func aStudyPrintsWhatEachPartIsWorth() throws {
    let folder = try TemporaryFolder()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let plan = try String(
      contentsOf: root.appendingPathComponent("samples/plans/tiny.json"), encoding: .utf8)
    try plan.write(toFile: folder.file("tiny.json"), atomically: true, encoding: .utf8)
    let study = folder.file("study.json")
    try """
    {"format": "pyratok.ablation.1", "plan": "tiny.json", "seeds": [1, 2],
     "judgement": {"clips": 4, "sets": 1, "frames": 5, "size": 32, "seed": 9},
     "variants": [{"name": "entropy off", "set": {"stages.*.losses.entropy": 0}}]}
    """.write(toFile: study, atomically: true, encoding: .utf8)
    let run = folder.file("runs")
    let result = try Program.run("ablate", study, "--run", run)
    #expect(result.code == 0, "\(result.error)")
    #expect(result.output.contains("full, mean of 2 seeds"))
    #expect(result.output.contains("entropy off"))
    let json = try Program.run("ablate", study, "--run", run, "--json").json()
    #expect((json["runs"] as? [[String: Any]])?.count == 3)
    let bad = try Program.run("ablate", folder.file("none.json"), "--run", run)
    #expect(bad.code == 1)
    #expect(bad.errorLines.count == 1)
  }
}
