import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct TrainCommandTests {
  private static let runsSlowTests =
    ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil

  @Test func aPlanWithAnUnknownFieldNamesTheNearestOne() throws {
    let folder = try TemporaryFolder()
    let plan = folder.file("plan.json")
    try #"{"format": "pyratok.plan.1", "sede": 1}"#
      .write(toFile: plan, atomically: true, encoding: .utf8)
    let result = try Program.run("train", plan, "--run", folder.file("run"))
    #expect(result.code == 1)
    #expect(result.errorLines.count == 1)
    #expect(result.error.contains("seed"))
    #expect(try folder.contents() == ["plan.json"])
  }

  @Test(.enabled(if: runsSlowTests, "set PYRATOK_ALL_TESTS for slow tests"))
  func aTinyPlanTrainsAndItsModelTokenizes() throws {
    let folder = try TemporaryFolder()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let plan = root.appendingPathComponent("samples/plans/tiny.json").path
    let result = try Program.run("train", plan, "--run", folder.file("run"), "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect((fields["steps"] as? Int ?? 0) > 0)
    #expect(fields["final_loss"] is Double)
    #expect(FileManager.default.fileExists(atPath: fields["checkpoint"] as? String ?? ""))
    let again = try Program.run("train", plan, "--run", folder.file("run"))
    #expect(again.code == 1)
    let resumed = try Program.run("train", plan, "--run", folder.file("run"), "--resume", "--json")
    #expect(resumed.code == 0)
    #expect(try resumed.json()["final_loss"] as? Double == fields["final_loss"] as? Double)
  }

  @Test(.enabled(if: runsSlowTests, "set PYRATOK_ALL_TESTS for slow tests"))
  func benchReportsTheBudgets() throws {
    let model = try TinyModel()
    let result = try Program.run("bench", "--model", model.path, "--json")
    #expect(result.code == 0, "\(result.error)")
    let results = try #require(try result.json()["results"] as? [[String: Any]])
    for row in results {
      let value = row["milliseconds"] as? Double ?? row["value"] as? Double
      print(row["name"] ?? "", value ?? "-", row["unit"] ?? "ms")
    }
    func value(_ name: String, _ field: String) -> Double? {
      results.first { ($0["name"] as? String)?.hasPrefix(name) == true }?[field] as? Double
    }
    let loading = try #require(value("start, before", "milliseconds"))
    let first = try #require(value("start to the first", "milliseconds"))
    // Ten times the budget: this machine may be doing other things.
    #expect(first - loading < 800)
    #expect(try #require(value("processor, idle", "value")) <= 1)
    for steps in ["long", "short"] {
      let name = "key to its answer while training, \(steps) steps"
      #expect(try #require(value(name, "milliseconds")) < 16)
    }
  }
}
