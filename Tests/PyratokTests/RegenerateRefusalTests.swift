import Foundation
import TestSupport
import Testing
import Tokenization

/// Whatever is wrong: the right exit code, one line, nothing left behind.
@Suite(.serialized)
struct RegenerateRefusalTests {
  @Test func whatCannotBeMadeIsRefused() throws {
    let studio = try Studio()
    let output = ["-o", studio.file("out.mkv")]
    let prompt = ["--prompt", "a blue square"]
    let cases: [([String], String)] = [
      (prompt + output + ["--box", "90,0,8,8"], "96x64"),
      (prompt + output + ["--box", "-4,0,8,8"], "96x64"),
      (prompt + output + ["--box", "4,4,0,8"], "empty"),
      (prompt + output + ["--span", "5:10"], "0:9"),
      (prompt + output + ["--span", "4:4"], "empty"),
      (prompt + output + ["--box", "0,0,8,8", "--levels", "4"], "level 4"),
      (prompt + ["-o", "/no/such/folder/out.mkv"], "/no/such/folder"),
      (prompt + ["-o", "/no/such/folder/out.safetensors"], "/no/such/folder"),
      (prompt + output + ["--tokens", "/no/such/folder/t.safetensors"], "/no/such/folder"),
      (prompt + ["-o", studio.file("out.xyz")], "out.xyz"),
      (prompt + ["-o", studio.clip], "input"),
      (prompt + output + ["--prior", "/no/prior"], "/no/prior"),
      (prompt + output + ["--prior", studio.model.path], "config.json"),
    ]
    for (more, word) in cases {
      var arguments = ["regenerate", studio.clip, "--model", studio.model.path] + more
      if !more.contains("--prior") { arguments += ["--prior", studio.prior.path] }
      let result = try Program.start(arguments).wait()
      #expect(result.code == 1, "\(word): \(result.error)")
      #expect(result.errorLines.count == 1, "\(word): \(result.error)")
      #expect(result.error.contains(word), "\(word): \(result.error)")
      #expect(result.output.isEmpty)
      #expect(try studio.leftovers().isEmpty, "\(word)")
    }
  }

  @Test func aPriorForAnotherTokenizerIsRefusedByItsHash() throws {
    let studio = try Studio()
    let other = try TinyModel(seed: 2)
    let result = try Program.run(
      "regenerate", studio.clip, "--prompt", "a blue square", "-o", studio.file("out.mkv"),
      "--model", other.path, "--prior", studio.prior.path)
    #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
    for path in [studio.model.path, other.path] {
      let hash = try ModelFolder.read(path).sha256.prefix(12)
      #expect(result.error.contains(hash), "\(result.error)")
    }
    #expect(try studio.leftovers().isEmpty)
  }

  @Test func hostilePriorsAreRefused() throws {
    let studio = try Studio()
    let names = ["config.json", "model.safetensors", "vocabulary.json"]
    for name in names {
      let url = URL(fileURLWithPath: studio.prior.folder.file(name))
      let good = try Data(contentsOf: url)
      for bad in [Data(), Data("{".utf8), good.prefix(good.count / 2)] {
        try bad.write(to: url)
        let result = try studio.run(
          studio.clip, "--prompt", "a blue square", "-o", studio.file("out.mkv"))
        #expect(result.code == 1 && result.errorLines.count == 1, "\(name): \(result.error)")
      }
      try good.write(to: url)
    }
    #expect(try studio.leftovers().isEmpty)
  }

  @Test func wrongUsageExitsWithSixtyFour() throws {
    let cases = [
      ["c.mkv", "-o", "o.mkv"], ["c.mkv", "--prompt", "a"],
      ["c.mkv", "-o", "o.mkv", "--prompt", ""], ["c.mkv", "-o", "o.mkv", "--prompt", "  "],
      ["c.mkv", "-o", "o.mkv", "--prompt", String(repeating: "x", count: 100_000)],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--box", "\(Int.min),0,8,8"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--tokens", "t.txt"],
      ["c.mkv", "--prompt", "a", "-o", "o.safetensors", "--tokens", "./o.safetensors"],
      ["c.mkv", "--prompts", "p.txt", "-o", "out.npy"],
      ["c.mkv", "--prompt", "a", "--seeds", "2", "-o", "out.mkv"],
      ["t.safetensors", "--prompt", "a", "-o", "o.mkv", "--size", "64"],
      ["t.safetensors", "--prompt", "a", "-o", "o.mkv", "--frames", "5"],
      ["t.safetensors", "--prompt", "a", "-o", "o.mkv", "--caption", "b"],
      ["--prompt", "a", "-o", "o.mkv", "--caption", "b"],
      ["c.mkv", "--prompt", "a", "--prompts", "p.txt", "-o", "o.mkv"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--box", "1,2,3"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--span", "9"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--levels", "fine"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--steps", "0"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--temperature", "-1"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--top-p", "0"],
      ["c.mkv", "--prompt", "a", "-o", "o.mkv", "--guidance", "nan"],
      ["c.mkv", "--prompt", "a", "-o", "o", "--seeds", "0"],
      ["c.mkv", "--prompt", "a", "-o", "o", "--continue", "4", "--box", "0,0,8,8"],
      ["--prompt", "a", "-o", "o.mkv", "--continue", "4"],
      ["--prompt", "a", "-o", "o.mkv", "--box", "0,0,8,8"],
      ["c.mkv", "--prompt", "a", "-o", "o", "--seeds", "2", "--tokens", "t.safetensors"],
    ]
    for arguments in cases {
      let result = try Program.start(["regenerate"] + arguments).wait()
      #expect(result.code == 64, "\(arguments): \(result.error)")
      #expect(result.output.isEmpty)
    }
  }

  @Test func levelsThatTheModelLacksAreWrongUsage() throws {
    let studio = try Studio()
    let result = try studio.run(
      studio.clip, "--prompt", "a", "-o", studio.file("out.mkv"), "--levels", "1,9")
    #expect(result.code == 64 && result.error.contains("level 9"), "\(result.error)")
    let none = try Program.run("evaluate", "prompts", "--count", "0", "--texts", "0")
    #expect(none.code == 64, "\(none.error)")
    #expect(try studio.leftovers().isEmpty)
  }

  @Test func aSentenceMayBeginWithADash() throws {
    let studio = try Studio()
    let result = try studio.run(
      studio.clip, "--prompt", "-blue", "--caption", "-red", "-o", studio.file("t.safetensors"),
      "--levels", "4")
    #expect(result.code == 0, "\(result.error)")
    #expect(try studio.tokens("t.safetensors").caption == "-red")
  }

  /// One line, with the entry's name, for each that is wrong; a field that is misspelt is named.
  @Test func linesOfAFileAreRefusedByTheirNames() throws {
    let studio = try Studio()
    let cases = [
      ("{\"prompt\": \"a\", \"spam\": [0, 4]}", "“span”"),
      ("{\"prompt\": \"a\", \"box\": [\(Int.min), 0, 8, 8]}", "[x,y,w,h]"),
      ("{\"prompt\": \"a\", \"box\": [90, 0, 8, 8]}", "line 1: The region"),
      ("{\"prompt\": \"a\", \"levels\": [9]}", "line 1: The region"),
      ("{\"prompt\": \" \"}", "line 1: The prompt"),
    ]
    for (text, words) in cases {
      try studio.write(text, to: "list")
      let result = try studio.run(
        studio.clip, "--prompts", studio.file("list"), "-o", studio.file("out"))
      #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
      #expect(result.error.contains(words), "\(words): \(result.error)")
      #expect(try studio.leftovers() == ["list"])
    }
  }

  /// In the middle of drawing, when the unfinished clip stands there already.
  @Test(arguments: ["out.mkv", "out.mp4", "out", "out.npy"])
  func controlCLeavesNothingBehind(name: String) throws {
    let studio = try Studio()
    let program = try Program.start(
      studio.arguments([
        "--prompt", "a blue square", "--frames", "101", "--size", "256", "-o", studio.file(name),
        "--tokens", studio.file("t.safetensors"),
      ]))
    while try studio.leftovers().isEmpty { sched_yield() }
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    #expect(result.output.isEmpty && result.error.isEmpty, "\(result.error)")
    #expect(try studio.leftovers().isEmpty)
  }

  @Test func whatIsDoneStaysWhenTheRestIsInterrupted() throws {
    let studio = try Studio()
    let program = try Program.start(
      studio.arguments([
        "--prompt", "a blue square", "--seeds", "1000", "-o", studio.file("out/made"), "--as",
        "safetensors",
      ]))
    func made() -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: studio.file("out/made"))) ?? []
    }
    while !made().contains("seed-1.safetensors") { sched_yield() }
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    let names = made()
    #expect(names.count < 1000 && names.count >= 2)
    for name in names {
      #expect(name.hasSuffix(".safetensors"))
      _ = try ClipTokens.read(studio.file("out/made/") + name)
    }
  }

  /// The prior of the environment, where none is named.
  @Test func thePriorMayBeNamedByTheEnvironment() throws {
    let studio = try Studio()
    for (prior, code) in [(studio.prior.path, Int32(0)), ("/no/prior", 1)] {
      let result = try Program.run(
        "regenerate", studio.clip, "--prompt", "a", "-o", studio.file("o.mkv"), "--steps", "1",
        "--model", studio.model.path, environment: ["PYRATOK_PRIOR": prior])
      #expect(result.code == code, "\(result.error)")
    }
  }
}
