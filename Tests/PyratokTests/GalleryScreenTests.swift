import Foundation
import TestSupport
import Testing

/// Galleries of patches and an index beside the clip, on a terminal of its own and as text.
@Suite(.serialized)
struct GalleryScreenTests {
  /// A clip, and an index of it and three others.
  private struct Corpus {
    let folder: TemporaryFolder
    let model: TinyModel

    var db: String { folder.file("clips.db") }
    var clip: String { folder.file("clips/world-0-0.mkv") }

    init() throws {
      folder = try TemporaryFolder()
      model = try TinyModel()
      _ = try Program.run(
        "samples", "--count", "4", "--frames", "5", "--size", "48", "-o", folder.file("clips"))
      let index = try Program.run(
        "index", folder.file("clips/captions.jsonl"), "--db", db, "--model", model.path)
      #expect(index.code == 0, "\(index.error)")
    }

    /// The Codebook screen after some keys.
    func snapshot(_ keys: String, _ more: String...) throws -> Program.Result {
      let script = folder.file("keys.txt")
      try keys.write(toFile: script, atomically: true, encoding: .utf8)
      return try Program.start(
        [
          "snapshot", "codebook", clip, "--model", model.path, "--threads", "1", "--script", script,
        ] + more
      ).wait()
    }
  }

  @Test func whatACodeStandsForIsDrawnAsText() throws {
    let corpus = try Corpus()
    let shown = try corpus.snapshot("tab enter right")
    #expect(shown.code == 0, "\(shown.error)")
    for text in ["what code ", "this clip  2 of ", "▸L"] {
      #expect(shown.output.contains(text), "\(text)")
    }
    #expect(!shown.output.contains("…\n"))
    let there = try corpus.snapshot("tab enter end enter")
    #expect(there.output.contains("patch "), "the Tokens screen is shown")
  }

  @Test func theIndexStandsBesideTheClip() throws {
    let corpus = try Corpus()
    let overview = try corpus.snapshot("", "--db", corpus.db)
    #expect(overview.code == 0, "\(overview.error)")
    for text in ["this clip", "4 clips of clips.db"] { #expect(overview.output.contains(text)) }
    let gallery = try corpus.snapshot("tab enter tab", "--db", corpus.db)
    for text in ["▸index clips.db  1 of ", " of 4 clips", "world-0-"] {
      #expect(gallery.output.contains(text), "\(text)")
    }
    let words = try corpus.snapshot(":search a red circle\n", "--db", corpus.db)
    for text in ["“a red circle”: the nearest 4 of 4 clips of clips.db", "world-0-3.mkv"] {
      #expect(words.output.contains(text), "\(text)")
    }
    let bits = try corpus.snapshot(":search xxxxxxxxxxxxxxx1\n", "--db", corpus.db)
    #expect(bits.output.contains(" places, in 4 of 4 clips"))
  }

  @Test func aClipThatIsGoneOrHasChangedSaysSoInsteadOfAPicture() throws {
    let corpus = try Corpus()
    for number in 1...3 {
      let path = corpus.folder.file("clips/world-0-\(number).mkv")
      if number == 2 {
        try Data("another".utf8).write(to: URL(fileURLWithPath: path))
      } else {
        try FileManager.default.removeItem(atPath: path)
      }
    }
    // Half of all tokens have the bit, so each clip is in sight.
    let shown = try corpus.snapshot("tab tab enter tab", "--db", corpus.db, "--size", "200x60")
    #expect(shown.code == 0, "\(shown.error)")
    let words = shown.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("gone;") && words.contains("changed"), "\(shown.output)")
  }

  @Test func whatIsNoIndexOfTheModelIsOneLine() throws {
    let corpus = try Corpus()
    let foreign = corpus.folder.file("foreign.db")
    try Data(String(repeating: "no database. ", count: 99).utf8)
      .write(to: URL(fileURLWithPath: foreign))
    for db in [corpus.folder.file("none.db"), foreign, corpus.folder.path] {
      let shown = try corpus.snapshot("", "--db", db)
      #expect(shown.code == 1 && shown.errorLines.count == 1, "\(shown.error)")
      #expect(shown.error.contains(db))
      let opened = try Program.run("open", corpus.clip, "--db", db, "--model", corpus.model.path)
      #expect(opened.code == 1 && opened.errorLines.count == 1, "\(opened.error)")
    }
    let other = try TinyModel(seed: 2)
    let shown = try Program.run(
      "snapshot", "codebook", corpus.clip, "--model", other.path, "--db", corpus.db)
    #expect(shown.code == 1 && shown.errorLines.count == 1, "\(shown.error)")
    #expect(shown.error.contains("was made with the weights"))
  }

  @Test func theScreenShowsPatchesAndFindsClips() throws {
    let corpus = try Corpus()
    let terminal = try PseudoTerminal(width: 100, height: 30)
    try terminal.start(
      Program.path,
      ["open", corpus.clip, "--model", corpus.model.path, "--db", corpus.db, "--threads", "1"],
      environment: [
        "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
        "OMP_WAIT_POLICY": "passive",
      ])
    #expect(terminal.wait { $0.text.contains("100 %") })
    terminal.send("3")
    #expect(terminal.wait { $0.text.contains("4 clips of clips.db") })
    terminal.send("\t\r")
    #expect(
      terminal.wait { $0.text.contains("this clip  1 of ") && $0.text.contains(" of 4 clips") })
    // No patch is waited for any more.
    #expect(terminal.wait { !$0.text.contains(" … ") })
    terminal.send("/a red circle\r")
    #expect(terminal.wait { $0.text.contains("the nearest 4 of 4 clips") })
    terminal.send("\u{1B}[B\r")
    #expect(terminal.wait { $0.text.contains("frame 0/4") && $0.text.contains("ffv1") })
    terminal.send("3")
    #expect(terminal.wait { $0.text.contains("the nearest 4 of 4 clips") })
    terminal.send(":db none\r")
    #expect(terminal.wait { !$0.text.contains("the nearest") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
  }

  @Test func whatIsGoneFromAFolderGoesFromTheIndex() throws {
    let corpus = try Corpus()
    let clips = corpus.folder.file("clips")
    let words = ["index", clips, "--db", corpus.db, "--model", corpus.model.path]
    #expect(try Program.start(words + ["--quiet"]).wait().code == 0)
    try FileManager.default.removeItem(atPath: clips + "/world-0-2.mkv")
    let pruned = try Program.start(words + ["--json"]).wait()
    #expect(pruned.code == 0 && pruned.errorLines.count == 1, "\(pruned.error)")
    #expect(pruned.error.contains("1 of its clips are gone"))
    #expect(try pruned.json()["removed"] as? Int == 1)
    #expect(try pruned.json()["clips"] as? Int == 3)
    // An empty folder may be one that is not mounted.
    try FileManager.default.moveItem(atPath: clips, toPath: corpus.folder.file("away"))
    try FileManager.default.createDirectory(atPath: clips, withIntermediateDirectories: false)
    let empty = try Program.start(words + [corpus.folder.file("away/world-0-0.mkv")]).wait()
    #expect(empty.error.contains("is empty; 3 of its clips stay in the index"))
    #expect(empty.output.contains(": 4 clips"), "\(empty.output)")
  }
}
