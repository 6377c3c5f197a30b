import Foundation
import Tensors
import TestSupport
import Testing

/// Whatever is wrong with the world: exit 1, one line, nothing left behind.
@Suite(.serialized)
struct BadInputTests {
  private func expectRefusal(
    _ result: Program.Result, code: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.code == code, "\(result.error)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, "\(result.error)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func aMissingClipOrModelOrTokenFileIsNamed() throws {
    let place = try Workplace(frames: 1, size: 32)
    let output = place.folder.file("t.safetensors")
    let model = place.model.path
    expectRefusal(try Program.run("tokenize", "/no/clip.mp4", "-o", output, "--model", model))
    expectRefusal(try Program.run("tokenize", place.clip, "-o", output, "--model", "/no/model"))
    expectRefusal(try Program.run("detokenize", "/no/t.safetensors", "-o", output + ".mkv"))
    expectRefusal(try Program.run("inspect", "/no/model"))
    expectRefusal(try Program.run("codebook", "/no/t.safetensors"))
    #expect(try place.leftovers().isEmpty)
  }

  @Test func zeroFramesAndAStartBehindTheEndAreRefused() throws {
    let place = try Workplace(frames: 2, size: 32)
    for extra in [["--frames", "0"], ["--start", "100"]] {
      let arguments = [
        "tokenize", place.clip, "-o", place.folder.file("t.safetensors"), "--model",
        place.model.path,
      ]
      expectRefusal(try Program.start(arguments + extra).wait())
    }
    #expect(try place.leftovers().isEmpty)
  }

  @Test func wrongUsageExitsWithSixtyFour() throws {
    #expect(try Program.run("tokenize", "--nonsense").code == 64)
    #expect(try Program.run("tokenize", "a.mp4").code == 64)
    #expect(try Program.run("codebook", "a.npy", "--bits", "77").code == 64)
    #expect(try Program.run("samples", "--count", "0", "-o", "/tmp/x").code == 64)
    #expect(try Program.run("tokenize", "a", "-o", "b", "--size", "10", "--square", "4").code == 64)
  }

  @Test func aFullDiskIsAnErrorLikeAnyOther() throws {
    let place = try Workplace(frames: 1, size: 32)
    let model = ["--model", place.model.path]
    expectRefusal(try Program.start(["tokenize", place.clip, "-o", "/dev/full"] + model).wait())
    let toOutput = try Program.start(
      ["inspect", place.model.path, "--json"], output: "/dev/full"
    ).wait()
    #expect(toOutput.code == 1)
    #expect(toOutput.errorLines.count == 1)
  }

  @Test func hostileTokenFilesAreRefused() throws {
    let place = try Workplace(frames: 5, size: 32)
    let tokens = place.folder.file("t.safetensors")
    _ = try Program.run("tokenize", place.clip, "-o", tokens, "--model", place.model.path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: tokens))
    var longHeader = bytes
    longHeader.replaceSubrange(0..<8, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("\"bits\""))
    let hostile: [Data] = [
      Data(), bytes.prefix(7), bytes.prefix(200), bytes.dropLast(3), bytes + [0], longHeader,
      replacing("\"16\"", by: "\"17\"", in: bytes),
      replacing("[5,32,32]", by: "[9,32,32]", in: bytes),
      replacing("pyratok.tokens.1", by: "pyratok.tokens.9", in: bytes),
    ]
    let output = place.folder.file("out.mkv")
    for data in hostile {
      try data.write(to: URL(fileURLWithPath: tokens))
      let arguments = ["detokenize", tokens, "-o", output, "--model", place.model.path]
      expectRefusal(try Program.start(arguments).wait())
    }
    #expect(try place.leftovers() == ["t.safetensors"])
  }

  private func replacing(_ old: String, by new: String, in data: Data) -> Data {
    guard let range = data.range(of: Data(old.utf8)) else { return Data() }
    var copy = data
    copy.replaceSubrange(range, with: Data(new.utf8))
    return copy
  }

  @Test func otherWeightsAreRefusedByBothHashesUnlessForced() throws {
    let place = try Workplace(frames: 1, size: 32)
    let other = try TinyModel(seed: 2)
    let tokens = place.folder.file("t.safetensors")
    _ = try Program.run("tokenize", place.clip, "-o", tokens, "--model", place.model.path)
    let output = place.folder.file("out.npy")
    let refused = try Program.run("detokenize", tokens, "-o", output, "--model", other.path)
    expectRefusal(refused)
    let forced = try Program.run(
      "detokenize", tokens, "-o", output, "--model", other.path, "--force")
    #expect(forced.code == 0, "\(forced.error)")
  }

  @Test func hostileCheckpointsAreRefused() throws {
    let place = try Workplace(frames: 1, size: 32)
    let weights = URL(fileURLWithPath: place.model.path + "/model.safetensors")
    let config = URL(fileURLWithPath: place.model.path + "/config.json")
    let (good, goodConfig) = (try Data(contentsOf: weights), try Data(contentsOf: config))
    let files: [(Data, Data)] = [
      (Data(), goodConfig), (good.dropLast(5), goodConfig), (good, Data("{".utf8)),
      (good, Data("{\"format\": \"other\"}".utf8)),
      (good, replacing("\"heads\" : 2", by: "\"heads\" : 3", in: goodConfig)),
      (good, replacing("\"patch\" : 4", by: "\"patch\" : 0", in: goodConfig)),
    ]
    for (tensors, configuration) in files {
      try tensors.write(to: weights)
      try configuration.write(to: config)
      expectRefusal(
        try Program.run(
          "tokenize", place.clip, "-o", place.folder.file("t.safetensors"), "--model",
          place.model.path))
    }
    #expect(try place.leftovers().isEmpty)
  }

  @Test(.enabled(if: SharedFolder.isPresent, "the shared clips are not there"))
  func clipsThatNobodyCanReadAreRefused() throws {
    let model = try TinyModel()
    let folder = try TemporaryFolder()
    let manifest = try String(
      contentsOfFile: SharedFolder.file("data/manifest.jsonl"), encoding: .utf8)
    for line in manifest.split(separator: "\n") {
      let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard entry?["expect"] as? String == "refuse", let path = entry?["path"] as? String else {
        continue
      }
      expectRefusal(
        try Program.run(
          "tokenize", SharedFolder.file("data/" + path), "-o", folder.file("t.safetensors"),
          "--model", model.path))
    }
    #expect(try folder.contents().isEmpty)
  }

  @Test func controlCLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    let program = try Program.start(
      ["samples", "--count", "100000", "--frames", "3", "--size", "32", "-o", folder.path])
    // Only once the first clip stands there is there something to leave behind.
    while try folder.contents().count < 3 { sched_yield() }
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    #expect(try folder.contents().isEmpty)
  }
}
