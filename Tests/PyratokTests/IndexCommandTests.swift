import Foundation
import TestSupport
import Testing
import Tokenization
import TokenizerEngine

@Suite(.serialized)
struct IndexCommandTests {
  /// Some small clips with captions, and weights.
  private struct Corpus {
    let folder: TemporaryFolder
    let model: TinyModel

    init(count: Int = 4) throws {
      folder = try TemporaryFolder()
      model = try TinyModel()
      _ = try Program.run(
        "samples", "--count", "\(count)", "--frames", "5", "--size", "32", "-o",
        folder.file("clips"))
    }

    var db: String { folder.file("clips.db") }
    var clips: String { folder.file("clips") }
    var manifest: String { clips + "/captions.jsonl" }

    func clip(_ number: Int) -> String { "\(clips)/world-0-\(number).mkv" }

    func index(_ inputs: String...) throws -> Program.Result {
      try Program.start(["index"] + inputs + ["--db", db, "--model", model.path, "--json"]).wait()
    }

    func search(_ words: String...) throws -> Program.Result {
      try Program.start(["search"] + words + ["--db", db, "--json"]).wait()
    }
  }

  private func numbers(_ result: Program.Result) throws -> [Int?] {
    let json = try result.json()
    return ["clips", "added", "replaced", "unchanged"].map { json[$0] as? Int }
  }

  @Test func whatIsThereUnchangedIsPassedOver() throws {
    let corpus = try Corpus()
    let first = try corpus.index(corpus.clips)
    #expect(first.code == 0, "\(first.error)")
    #expect(try numbers(first) == [4, 4, 0, 0])
    #expect(try numbers(corpus.index(corpus.clips, corpus.clip(1))) == [4, 0, 0, 5])
    // Captions change tokens.
    #expect(try numbers(corpus.index(corpus.manifest)) == [4, 0, 4, 0])
    #expect(try numbers(corpus.index(corpus.manifest)) == [4, 0, 0, 4])
    let touched = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1)]
    try FileManager.default.setAttributes(touched, ofItemAtPath: corpus.clip(2))
    #expect(try numbers(corpus.index(corpus.manifest)) == [4, 0, 1, 3])
    #expect(try corpus.folder.contents() == ["clips", "clips.db"])
  }

  @Test func codesAreFoundWhereTheTokenFileHasThem() throws {
    let corpus = try Corpus()
    let file = corpus.folder.file("one.safetensors")
    _ = try Program.run(
      "tokenize", corpus.clip(0), "-o", file, "--model", corpus.model.path, "--quiet")
    #expect(try corpus.index(file).code == 0)
    let tokens = try ClipTokens.read(file)
    let code = tokens.grids[1][1, 2, 3]
    let found = try corpus.search("\(code)", "--level", "2", "--count", "1000")
    #expect(found.code == 0, "\(found.error)")
    let results = try #require(try found.json()["results"] as? [[String: Any]])
    #expect(results.count == tokens.grids[1].codes.filter { $0 == code }.count)
    #expect(
      results.contains {
        [$0["t"], $0["y"], $0["x"]].map { $0 as? Int } == [1, 2, 3] && $0["level"] as? Int == 2
          && ($0["path"] as? String)?.hasSuffix("/one.safetensors") == true
      })
    let text = try Program.run("search", "0x\(String(code, radix: 16))", "--db", corpus.db)
    #expect(text.output.contains("one.safetensors"))
  }

  @Test func wordsFindClipsAndTheirCaptions() throws {
    let corpus = try Corpus()
    _ = try corpus.index(corpus.manifest)
    let found = try Program.run(
      "search", "a zebra", "--db", corpus.db, "--model", corpus.model.path, "--json", "--count",
      "3")
    #expect(found.code == 0, "\(found.error)")
    let json = try found.json()
    let results = try #require(json["results"] as? [[String: Any]])
    #expect(results.count == 3)
    let scores = results.compactMap { $0["score"] as? Double }
    #expect(scores == scores.sorted(by: >) && scores.allSatisfy { abs($0) <= 1.0001 })
    #expect((results[0]["caption"] as? String)?.isEmpty == false)
    // A vocabulary of bytes has no words.
    #expect(found.error.contains("zebra"))
    #expect((json["notices"] as? [String])?.count == 1)
  }

  @Test func nothingFoundIsNoFault() throws {
    let corpus = try Corpus(count: 1)
    _ = try corpus.index(corpus.clips)
    let index = try CorpusIndex(reading: corpus.db)
    let used = try index.usage().histograms.values.flatMap(\.counts.keys)
    index.close()
    let free = try #require((0..<65_536).first { !used.contains(UInt32($0)) })
    let found = try Program.run("search", "\(free)", "--db", corpus.db)
    #expect(found.code == 0 && found.output.contains("no token of 1 clip"))
    for words in [["70000"], ["0x1a", "--level", "9"]] {
      let wrong = try Program.start(["search"] + words + ["--db", corpus.db]).wait()
      #expect(wrong.code == 1 && wrong.errorLines.count == 1, "\(wrong.error)")
    }
  }

  @Test func theCodebookOfAnIndexIsThatOfItsTokenFiles() throws {
    let corpus = try Corpus(count: 2)
    let folder = corpus.folder.file("tokens")
    _ = try Program.run(
      "tokenize", corpus.clip(0), corpus.clip(1), "-o", folder, "--model", corpus.model.path,
      "--quiet")
    #expect(try corpus.index(corpus.clips).code == 0)
    let ofIndex = try Program.run("codebook", "--db", corpus.db, "--json")
    let ofFiles = try Program.run(
      "codebook", folder + "/world-0-0.safetensors", folder + "/world-0-1.safetensors", "--json")
    #expect(ofIndex.code == 0 && ofFiles.code == 0, "\(ofIndex.error)\(ofFiles.error)")
    #expect(ofIndex.output == ofFiles.output)
    #expect(try Program.run("codebook", "--db", corpus.db, corpus.clips).code == 64)
  }

  @Test func otherWeightsAreRefusedByBothHashes() throws {
    let corpus = try Corpus(count: 1)
    _ = try corpus.index(corpus.clips)
    let other = try TinyModel(seed: 2)
    for command in [["index", corpus.clips], ["search", "a red circle"]] {
      let result = try Program.start(command + ["--db", corpus.db, "--model", other.path]).wait()
      #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
      #expect(result.error.contains("--model"))
    }
    // The tokens of other weights do not go in, either.
    let file = corpus.folder.file("other.safetensors")
    _ = try Program.run("tokenize", corpus.clip(0), "-o", file, "--model", other.path, "--quiet")
    let mixed = try corpus.index(file, corpus.clip(0))
    #expect(mixed.code == 0)
    #expect((try mixed.json()["skipped"] as? [[String: Any]])?.count == 1)
    #expect(try numbers(mixed) == [1, 0, 0, 1])
  }

  @Test func badInputsAreNamedAndTheOthersGoIn() throws {
    let corpus = try Corpus(count: 2)
    let bad = corpus.folder.file("bad.mkv")
    try Data("no video".utf8).write(to: URL(fileURLWithPath: bad))
    try FileManager.default.createDirectory(
      atPath: corpus.folder.file("empty"), withIntermediateDirectories: false)
    let result = try corpus.index(
      bad, corpus.folder.file("empty"), corpus.folder.file("none.csv"), corpus.clips)
    #expect(result.code == 0 && result.errorLines.count == 3, "\(result.error)")
    #expect(try numbers(result) == [2, 2, 0, 0])
    #expect((try result.json()["skipped"] as? [[String: Any]])?.count == 3)
  }

  @Test func whereNothingWorkedNoIndexIsLeft() throws {
    let corpus = try Corpus(count: 1)
    let result = try corpus.index(corpus.folder.file("none.mkv"))
    #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
    #expect(try corpus.folder.contents() == ["clips"])
  }

  @Test(arguments: ["/proc/clips.db", "/dev/null", "/no/such/folder/clips.db"])
  func whatCannotBeWrittenIsOneLine(path: String) throws {
    let corpus = try Corpus(count: 1)
    let result = try Program.run(
      "index", corpus.clips, "--db", path, "--model", corpus.model.path)
    #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
  }

  @Test func aFullDiskIsOneLineAndKeepsWhatIsDone() throws {
    let corpus = try Corpus(count: 3)
    let words = ["index", corpus.clips, "--db", corpus.db, "--model", corpus.model.path]
    let result = try Program.start(words, largestFile: 16_384).wait()
    #expect(result.code == 1 && result.errorLines.count == 1, "\(result.error)")
    #expect(try numbers(corpus.index(corpus.clips)).first == 3)
  }

  @Test func anInterruptedIndexKeepsWholeClipsAndGoesOn() throws {
    let corpus = try Corpus(count: 8)
    let running = try Program.start([
      "index", corpus.clips, "--db", corpus.db, "--model", corpus.model.path,
    ])
    // The tables take 30 000 bytes, so some clips are in.
    waitForGrowth(of: corpus.db, toBytes: 90_000, while: running)
    running.interrupt()
    let result = try running.wait()
    // A fast machine may have been done before.
    #expect([130, 0].contains(result.code), "\(result.error)")
    #expect(try corpus.folder.contents() == ["clips", "clips.db"])
    let after = try numbers(corpus.index(corpus.clips))
    #expect(after.first == 8 && after[1] ?? 8 < 8)
  }

  @Test func killedAgainAndAgainItEndsAsIfItNeverWas() throws {
    let corpus = try Corpus(count: 10)
    let (whole, killed) = (corpus.folder.file("whole.db"), corpus.folder.file("killed.db"))
    let words = ["index", corpus.clips, "--model", corpus.model.path, "--db"]
    #expect(try Program.start(words + [whole]).wait().code == 0)
    var kills = 0
    for _ in 0..<40 {
      let running = try Program.start(words + [killed])
      waitForGrowth(of: killed, times: 1 + kills * 3 % 8, while: running)
      kill(running.process, SIGKILL)
      if try running.wait().code == 0 { break }
      kills += 1
    }
    #expect(kills > 2)
    #expect(try Program.start(words + [killed]).wait().code == 0)
    let (one, other) = (try CorpusIndex(reading: whole), try CorpusIndex(reading: killed))
    #expect(try other.clipCount() == 10)
    for number in 0..<10 {
      let path = try CorpusFingerprint(of: corpus.clip(number)).path
      let clips = (try one.clip(path: path), try other.clip(path: path))
      let (first, second) = (try #require(clips.0), try #require(clips.1))
      #expect(try one.tokens(of: first) == other.tokens(of: second))
      #expect(first.source == second.source)
    }
    #expect(try one.usage() == other.usage())
  }

  /// Till the database has changed so many times and its log is so large, or the program ends.
  private func waitForGrowth(
    of db: String, times: Int = 0, toBytes bytes: Int = 0, while running: RunningProgram
  ) {
    var before = state(of: db)
    var left = times
    var info = siginfo_t()
    while left > 0 || before[2] < bytes {
      let now = state(of: db)
      if now != before { left -= 1 }
      before = now
      // Looked at, but not taken away from `wait`.
      info.si_signo = 0
      waitid(P_PID, id_t(running.process), &info, WEXITED | WNOHANG | WNOWAIT)
      if info.si_signo != 0 { return }
      usleep(200)
    }
  }

  private func state(of db: String) -> [Int] {
    [db, db + "-wal"].flatMap { path -> [Int] in
      var status = stat()
      guard stat(path, &status) == 0 else { return [0, 0] }
      return [Int(status.st_size), status.st_mtim.tv_nsec]
    }
  }
}
