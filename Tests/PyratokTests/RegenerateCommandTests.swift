import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite(.serialized)
struct RegenerateCommandTests {
  @Test func aBoxIsMadeAnewAndTheRestStays() throws {
    let studio = try Studio()
    let plain = try Program.run(
      "tokenize", studio.clip, "-o", studio.file("old.safetensors"), "--size", "native", "--model",
      studio.model.path)
    #expect(plain.code == 0, "\(plain.error)")
    let back = try Program.run(
      "detokenize", studio.file("old.safetensors"), "-o", studio.file("old.npy"), "--model",
      studio.model.path)
    #expect(back.code == 0, "\(back.error)")
    let result = try studio.run(
      studio.clip, "--size", "native", "--box", "8,8,24,24", "--prompt", "a blue square", "-o",
      studio.file("new.npy"), "--tokens", studio.file("new.safetensors"), "--json")
    #expect(result.code == 0, "\(result.error)")
    #expect(result.error.isEmpty)
    let fields = try result.json()
    #expect(fields["frames"] as? Int == 9)
    #expect(fields["width"] as? Int == 96 && fields["height"] as? Int == 64)
    #expect(fields["seed"] as? Int == 0)
    #expect(fields["prompt"] as? String == "a blue square")
    #expect(fields["output"] as? String == studio.file("new.npy"))
    #expect(fields["tokens"] as? String == studio.file("new.safetensors"))
    #expect(fields["changed_outside_fraction"] as? Double == 0)
    #expect((fields["changed_outside_fraction_before_blending"] as? Double ?? -1) >= 0)
    // The box and 16 pixels around it: columns 0–47, rows 0–47.
    #expect(fields["outside_pixels"] as? Int == 9 * (96 * 64 - 48 * 48))
    #expect((fields["seconds"] as? Double ?? 0) > 0)
    #expect((fields["unknown_words"] as? [String])?.isEmpty == true)
    #expect((fields["skipped"] as? [Any])?.isEmpty == true)

    // Dilated by one: 5 x 5 of level 1, 3 x 3 of level 2; of level 3 three, of level 4 the first.
    let levels = try #require(fields["levels"] as? [[String: Any]])
    #expect(levels.map { $0["tokens_redrawn"] as? Int } == [5 * 25, 3 * 9, 3 * 3, 3 * 1])
    let (old, new) = (try studio.tokens("old.safetensors"), try studio.tokens("new.safetensors"))
    var changed = 0
    for (before, after) in zip(old.grids, new.grids) {
      for index in before.codes.indices where before.codes[index] != after.codes[index] {
        changed += 1
        let (y, x) = (index / before.w % before.h, index % before.w)
        #expect(max(y, x) < [5, 4, 2, 1][before.level - 1])
      }
    }
    #expect(changed > 100)
    #expect(fields["tokens_changed"] as? Int == changed)

    let (first, second) = (try studio.frames("old.npy"), try studio.frames("new.npy"))
    #expect(first.shape == second.shape)
    var inside = 0
    for index in first.values.indices where first.values[index] != second.values[index] {
      let (y, x) = (index / 3 / 96 % 64, index / 3 % 96)
      #expect(x < 48 && y < 48)
      inside += 1
    }
    #expect(inside > 1000)
  }

  @Test func aSeedGivesTheSameBytesAndAnotherOneOthers() throws {
    let studio = try Studio()
    func made(_ name: String, _ seed: String) throws -> Data {
      let result = try studio.run(
        studio.clip, "--box", "8,8,24,24", "--prompt", "a blue square", "-o", studio.file(name),
        "--seed", seed)
      #expect(result.code == 0, "\(result.error)")
      return try Data(contentsOf: URL(fileURLWithPath: studio.file(name)))
    }
    let first = try made("a.safetensors", "7")
    #expect(try made("b.safetensors", "7") == first)
    #expect(try made("c.safetensors", "8") != first)
  }

  @Test func wordsThatAreNotKnownAreUsedAndSaid() throws {
    let studio = try Studio()
    func made(_ animal: String) throws -> ClipTokens {
      let result = try studio.run(
        studio.clip, "--prompt", "a blue \(animal)", "-o", studio.file("\(animal).safetensors"),
        "--json")
      #expect(result.code == 0)
      #expect(result.errorLines.count == 1 && result.error.contains("“\(animal)”"))
      #expect(try result.json()["unknown_words"] as? [String] == [animal])
      return try studio.tokens("\(animal).safetensors")
    }
    #expect(try made("zebra").grids != made("quagga").grids)
  }

  @Test func aTokenFileIsAStartLikeAClip() throws {
    let studio = try Studio()
    _ = try Program.run(
      "tokenize", studio.clip, "-o", studio.file("old.safetensors"), "--model", studio.model.path)
    for (source, name) in [(studio.clip, "a"), (studio.file("old.safetensors"), "b")] {
      let result = try studio.run(
        source, "--span", "4:9", "--levels", "1,2", "--prompt", "a red circle", "-o",
        studio.file(name + ".safetensors"))
      #expect(result.code == 0, "\(result.error)")
    }
    let (old, new) = (try studio.tokens("old.safetensors"), try studio.tokens("a.safetensors"))
    #expect(new.grids == (try studio.tokens("b.safetensors")).grids)
    #expect(new.grids[2] == old.grids[2] && new.grids[3] == old.grids[3])
    #expect(new.grids[0] != old.grids[0] && new.grids[1] != old.grids[1])
    #expect(new.grids[1].rows(0..<1) == old.grids[1].rows(0..<1))
  }

  @Test func aClipGoesOn() throws {
    let studio = try Studio()
    let result = try studio.run(
      studio.clip, "--size", "64", "--continue", "7", "--prompt", "a red circle", "-o",
      studio.file("on.npy"), "--tokens", studio.file("on.safetensors"), "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect(fields["frames"] as? Int == 16)
    #expect(try studio.frames("on.npy").shape == [16, 42, 64, 3])
    // Frames 5 to 8 belong to the zone that fades.
    #expect(fields["outside_pixels"] as? Int == 5 * 64 * 42)
    #expect(fields["changed_outside_fraction"] as? Double == 0)
    _ = try Program.run(
      "tokenize", studio.clip, "-o", studio.file("old.safetensors"), "--size", "64", "--model",
      studio.model.path)
    let (old, new) = (try studio.tokens("old.safetensors"), try studio.tokens("on.safetensors"))
    #expect(new.frames == 16)
    for level in 1..<4 { #expect(new.grids[level].rows(0..<3) == old.grids[level]) }
    #expect(new.grids[0].rows(0..<4) == old.grids[0].rows(0..<4))
  }

  @Test func aNewClipHasTheSizeThatWasAskedFor() throws {
    let studio = try Studio()
    let result = try studio.run(
      "--prompt", "a blue square", "--size", "40x36", "--frames", "6", "-o", studio.file("new.npy"),
      "--json")
    #expect(result.code == 0, "\(result.error)")
    #expect(try studio.frames("new.npy").shape == [6, 36, 40, 3])
    let fields = try result.json()
    #expect(fields["changed_outside_fraction"] is NSNull)
    #expect(fields["changed_outside_fraction_note"] as? String == "no pixels outside")
    #expect(fields["outside_pixels"] as? Int == 0)
    // [9, 64, 64] padded: 5·64 + 3·64 + 3·16 + 3·4.
    #expect(fields["tokens_changed"] as? Int == 572)
    let usual = try studio.run("--prompt", "a blue square", "-o", studio.file("usual.npy"))
    #expect(usual.code == 0 && usual.output.hasPrefix(studio.file("usual.npy") + ": "))
    #expect(try studio.frames("usual.npy").shape == [17, 64, 64, 3])
    for size in [["--frames", "0"], ["--frames", "1001"], ["--size", "2000"]] {
      let refused = try Program.start(
        studio.arguments(["--prompt", "a", "-o", studio.file("no.mkv")] + size)
      ).wait()
      #expect(refused.code == 1 && refused.errorLines.count == 1, "\(refused.error)")
    }
    #expect(try studio.leftovers() == ["new.npy", "usual.npy"])
  }

  @Test func quietlyNothingIsSaid() throws {
    let studio = try Studio()
    let quiet = try studio.run(
      studio.clip, "--prompt", "a blue square", "-o", studio.file("a.mkv"), "--quiet")
    #expect(quiet.code == 0 && quiet.output.isEmpty && quiet.error.isEmpty)
    #expect(try studio.leftovers() == ["a.mkv"])
  }
}

/// Many results of one run.
@Suite(.serialized)
struct RegeneratePromptsTests {
  private func results(_ result: Program.Result) throws -> [[String: Any]] {
    try result.json()["results"] as? [[String: Any]] ?? []
  }

  @Test func aPromptALineMakesAFileEach() throws {
    let studio = try Studio()
    try studio.write("a blue square\r\n\r\n  a red circle  \n", to: "list.txt")
    let result = try studio.run(
      studio.clip, "--prompts", studio.file("list.txt"), "-o", studio.file("out"), "--as",
      "safetensors", "--json")
    #expect(result.code == 0, "\(result.error)")
    let made = try results(result)
    #expect(made.map { $0["prompt"] as? String } == ["a blue square", "a red circle"])
    #expect(made.map { $0["name"] as? String } == ["line 1", "line 3"])
    let files = made.compactMap { $0["output"] as? String }
    #expect(files == [1, 3].map { studio.file("out/line-\($0).safetensors") })
    let grids = try files.map { try ClipTokens.read($0).grids }
    #expect(grids[0] != grids[1])
    let alone = try studio.run(
      studio.clip, "--prompt", "a red circle", "-o", studio.file("alone.safetensors"))
    #expect(alone.code == 0)
    #expect(try studio.tokens("alone.safetensors").grids == grids[1])
  }

  @Test func jsonLinesHaveTheirOwnRegionsAndSeeds() throws {
    let studio = try Studio()
    try studio.write(
      """
      {"prompt": "a blue square", "box": [8, 8, 24, 24], "seed": 3}
      {"prompt": "a blue square", "span": [0, 4], "levels": [1]}
      {"prompt": "a blue square", "box": [90, 8, 24, 24]}
      {"prompt": "", "levels": [2]}
      a red circle
      """, to: "list.jsonl")
    let result = try studio.run(
      studio.clip, "--prompts", studio.file("list.jsonl"), "--levels", "4", "--seed", "9", "-o",
      studio.file("out"), "--json")
    #expect(result.code == 0)
    let made = try results(result)
    #expect(made.map { $0["seed"] as? Int } == [3, 9, 9])
    let redrawn = made.map { fields in
      (fields["levels"] as? [[String: Any]] ?? []).map { $0["tokens_redrawn"] as? Int }
    }
    #expect(redrawn == [[0, 0, 0, 3], [4 * 96, 0, 0, 0], [0, 0, 0, 18]])
    let skipped = try #require(try result.json()["skipped"] as? [[String: Any]])
    #expect(skipped.map { $0["path"] as? String } == ["line 3", "line 4"])
    #expect(result.errorLines.count == 2)
    let files = try FileManager.default.contentsOfDirectory(atPath: studio.file("out")).sorted()
    #expect(files == ["line-1.mkv", "line-2.mkv", "line-5.mkv"])
  }

  @Test func severalSeedsLieSideBySide() throws {
    let studio = try Studio()
    let result = try studio.run(
      studio.clip, "--prompt", "a blue square", "--seeds", "3", "--seed", "5", "-o",
      studio.file("out"), "--as", "npy", "--json")
    #expect(result.code == 0, "\(result.error)")
    #expect(try results(result).map { $0["seed"] as? Int } == [5, 6, 7])
    let data = try [5, 6, 7].map {
      try Data(contentsOf: URL(fileURLWithPath: studio.file("out/seed-\($0).npy")))
    }
    #expect(Set(data).count == 3)
  }

  @Test(arguments: [
    "", "\n \n", "{\"prompt\": 3}", "{\"box\": [1, 2, 3, 4]}",
    "a\n{\"prompt\": \"b\", \"box\": [1]}",
    "{\"prompt\": \"a\", \"span\": [4, 2]}",
  ])
  func listsThatAreNoneAreRefused(text: String) throws {
    let studio = try Studio()
    try studio.write(text, to: "list")
    let result = try studio.run(
      studio.clip, "--prompts", studio.file("list"), "-o", studio.file("out"))
    #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
    #expect(result.error.contains("list"))
    #expect(try studio.leftovers() == ["list"])
  }
}
