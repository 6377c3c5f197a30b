import Foundation
import Tensors
import TestSupport
import Testing

/// Mistakes that newcomers make are told for what they are, before anything is lost.
@Suite(.serialized)
struct AdviceTests {
  @Test func theInputIsNeverWrittenOver() throws {
    let place = try Workplace(frames: 1, size: 32)
    let (tokens, link) = (place.folder.file("t.safetensors"), place.folder.file("l.mkv"))
    _ = try Program.run("tokenize", place.clip, "-o", tokens, "--model", place.model.path)
    let before = try Data(contentsOf: URL(fileURLWithPath: tokens))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: tokens)
    for output in [tokens, link] {
      let result = try Program.run("detokenize", tokens, "-o", output, "--model", place.model.path)
      #expect(result.code == 1)
      #expect(result.errorLines.count == 1)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: tokens)) == before)
  }

  @Test func keptTokensWithOtherSettingsAreNamed() throws {
    let place = try Workplace(frames: 5, size: 32)
    let arguments = [
      "tokenize", place.clip, "-o", place.folder.file("tokens"), "--model", place.model.path,
    ]
    _ = try Program.start(arguments).wait()
    let same = try Program.start(arguments).wait()
    #expect(same.errorLines.count == 1)
    #expect(same.error.hasSuffix("is there already\n"))
    let other = try Program.start(arguments + ["--frames", "3"]).wait()
    #expect(other.code == 0)
    #expect(other.error.contains("with other settings (5 frames of 32x32)"))
    #expect(try Program.start(arguments + ["--frames", "3", "--quiet"]).wait().error.isEmpty)
  }

  @Test func clipsOfOneNameInTwoFoldersGiveTwoFiles() throws {
    let place = try Workplace(frames: 1, size: 32)
    let other = place.folder.file("other")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: place.clip, toPath: other + "/world-0-0.mkv")
    let target = place.folder.file("tokens")
    let result = try Program.run(
      "tokenize", place.clip, other + "/world-0-0.mkv", "-o", target, "--model", place.model.path)
    #expect(result.code == 0, "\(result.error)")
    #expect(result.errorLines.count == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: target).sorted()
        == ["world-0-0-2.safetensors", "world-0-0.safetensors"])
  }

  @Test func samplesListTheirCaptionsOncePerClip() throws {
    let folder = try TemporaryFolder()
    let tail = ["--frames", "1", "--size", "16", "-o", folder.path, "--quiet"]
    for arguments in [["--count", "2"], ["--count", "1"], ["--count", "1", "--seed", "5"]] {
      let result = try Program.start(["samples"] + arguments + tail).wait()
      #expect(result.code == 0 && result.output.isEmpty, "\(result.error)")
    }
    let text = try String(contentsOfFile: folder.file("captions.jsonl"), encoding: .utf8)
    let lines = try text.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
    let paths = lines.compactMap { $0["path"] as? String }
    #expect(paths.sorted() == ["world-0-0.mkv", "world-0-1.mkv", "world-5-0.mkv"])
    #expect(lines.allSatisfy { ($0["caption"] as? String)?.isEmpty == false })
  }

  @Test func bitsAlongTheLastAxisAreCodes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("bits.npy")
    // Codes 0…15, two times, bit by bit.
    let bits = (0..<32).flatMap { code in (0..<4).map { UInt8(code >> (3 - $0) & 1) } }
    try NumpyFile(StoredTensor(bits, shape: [32, 4])).write(to: path)
    for order in ["msb", "lsb"] {
      let result = try Program.run(
        "codebook", path, "--bits", "4", "--bit-order", order, "--json")
      let level = try #require((try result.json()["levels"] as? [[String: Any]])?.first)
      #expect(level["tokens"] as? Int == 32)
      #expect(level["used"] as? Int == 16)
      #expect(result.error.contains("taken as 32 codes"))
    }
    let loose = try Program.run("codebook", path, "--bits", "5")
    #expect(loose.error.contains("look like bits"))
  }

  @Test func wrongWordsAndFilesAreTurnedIntoAdvice() throws {
    let model = try TinyModel()
    let folder = try TemporaryFolder()
    let film = folder.file("film.mp4")
    try Data("\0\0\0\u{20}ftypisom".utf8).write(to: URL(fileURLWithPath: film))
    let cases: [([String], Int32, String)] = [
      (["tokenise", "x"], 64, "did you mean tokenize"),
      (["tokenise"], 1, "`pyratok tokenize`"),
      (["evaluate", film], 64, "evaluate reconstruction"),
      (["evaluate", "caption"], 64, "evaluate captions`"),
      (["detokenize", film, "-o", "x.mkv"], 1, "not safetensors"),
      ([folder.file("none.mp4")], 1, "no such file"),
      ([model.path], 1, "pyratok inspect"),
      (["inspect", film], 1, "a model is a folder"),
      (["codebook", folder.file("t.pt")], 1, "numpy.save"),
    ]
    for (arguments, code, words) in cases {
      let result = try Program.start(arguments).wait()
      #expect(result.code == code)
      #expect(result.errorLines.count == 1, "\(result.error)")
      #expect(result.error.contains(words), "\(result.error)")
    }
    let negative = try Program.run("tokenize", film, "-o", "x", "--frames", "-3")
    #expect(negative.code == 64 && negative.error.contains("1 or more"))
  }
}
