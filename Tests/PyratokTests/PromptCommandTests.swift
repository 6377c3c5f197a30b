import Foundation
import TestSupport
import Testing

/// The bundled prior and the judge, through the program.
@Suite(.serialized)
struct PromptCommandTests {
  @Test func theBundledJudgeKnowsTrueClips() throws {
    let result = try Program.run("evaluate", "judge", "--count", "16", "--seed", "5", "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    let boxes = try #require(fields["boxes"] as? [[String: Any]])
    #expect(
      boxes.compactMap { $0["name"] as? String }
        == ["colour", "shape", "motion", "tone", "presence"])
    for aspect in boxes {
      // 32 clips: of a judge that is right 95 times in 100 fewer than 27 come once in 50.
      #expect((aspect["accuracy"] as? Double ?? 0) >= 27.0 / 32, "\(aspect["name"] ?? "?")")
      #expect(aspect["clips"] as? Int == 32)
    }
  }

  @Test func promptsAreJudgedInOneTable() throws {
    let result = try Program.run(
      "evaluate", "prompts", "--count", "2", "--texts", "0", "--only", "colour", "--steps", "2",
      "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    let edits = try #require(fields["edits"] as? [[String: Any]])
    #expect(edits.map { $0["name"] as? String } == ["colour", "colour"])
    #expect(edits.map { $0["judge"] as? String } == ["network", "statistics"])
    for edit in edits {
      #expect(edit["clips"] as? Int == 2)
      #expect(edit["true"] as? Double == 1)
      #expect(edit["no_change"] as? Double == 0)
      #expect((0...1).contains(edit["prompted"] as? Double ?? -1))
      let matrix = try #require(edit["confusion"] as? [String: Any])
      let counts = try #require(matrix["counts"] as? [[Int]])
      #expect(counts.flatMap { $0 }.reduce(0, +) == 2)
    }
    #expect((fields["changed_outside_fraction"] as? Double ?? 0) <= 0.001)
    #expect((fields["prior_sha256"] as? String)?.count == 64)
    #expect((fields["from_text"] as? [Any])?.isEmpty == true)
  }

  @Test func whatCannotBeJudgedIsRefused() throws {
    let folder = try TemporaryFolder()
    let cases: [([String], Int32, String)] = [
      (["--only", "taste"], 64, "taste"), (["--count", "-1"], 64, "--count"),
      (["--guidance", "-1"], 64, "uidance"),
      (["--judge", folder.path], 1, folder.path), (["--prior", folder.path], 1, folder.path),
    ]
    for (arguments, code, word) in cases {
      let result = try Program.start(["evaluate", "prompts", "--quiet"] + arguments).wait()
      #expect(result.code == code, "\(arguments): \(result.error)")
      #expect(result.error.contains(word), "\(result.error)")
      #expect(result.output.isEmpty)
    }
    let both = try Program.run("evaluate", "judge", "--judge", "a", "-o", "b")
    #expect(both.code == 64)
  }

  /// A prior that comes with the program draws from the tokens of the model that comes with it.
  @Test func theBundledPriorMakesAnObjectAnew() throws {
    let folder = try TemporaryFolder()
    let made = try Program.run(
      "samples", "--count", "1", "--size", "64", "-o", folder.file("clips"), "--quiet")
    #expect(made.code == 0, "\(made.error)")
    let clip = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder.file("clips"))
        .first { $0.hasSuffix(".mkv") })
    let result = try Program.run(
      "regenerate", folder.file("clips/\(clip)"), "--size", "64", "--frames", "17", "--box",
      "0,0,24,24", "--prompt", "a blue square stays", "-o", folder.file("new.mkv"), "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect((fields["outside_pixels"] as? Int ?? 0) > 0)
    #expect((fields["changed_outside_fraction"] as? Double ?? 1) <= 0.001)
    #expect((fields["unknown_words"] as? [String])?.isEmpty == true)
  }
}
