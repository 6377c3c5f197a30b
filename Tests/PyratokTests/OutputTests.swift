import Foundation
import Tensors
import TestSupport
import Testing

/// What is written is whole or not there, whatever goes wrong on the way.
@Suite(.serialized)
struct OutputTests {
  @Test func aFolderMadeForNothingGoesAgain() throws {
    let place = try Workplace(frames: 1, size: 32)
    let target = place.folder.file("a/b/tokens")
    let model = ["--model", place.model.path]
    let failed = try Program.start(
      ["tokenize", place.folder.file("missing.mp4"), "-o", target] + model
    ).wait()
    #expect(failed.code == 1)
    #expect(failed.errorLines.count == 1)
    #expect(try place.leftovers().isEmpty)
    // One that was there stays.
    try FileManager.default.createDirectory(
      atPath: place.folder.file("a"), withIntermediateDirectories: true)
    _ = try Program.start(
      ["tokenize", place.folder.file("missing.mp4"), "-o", target] + model
    ).wait()
    #expect(try place.leftovers() == ["a"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder.file("a")).isEmpty)
  }

  @Test func interruptedWorkLeavesNoFolder() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel()
    let clip = folder.file("long.mkv")
    try MadeClip.write(MadeClip.frames(1200, width: 32, height: 32), to: clip)
    let program = try Program.start(
      ["tokenize", clip, "-o", folder.file("out/tokens"), "--model", model.path])
    while !FileManager.default.fileExists(atPath: folder.file("out/tokens")) { sched_yield() }
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    #expect(result.error.isEmpty)
    #expect(try folder.contents() == ["long.mkv"])

    let samples = try Program.start(
      ["samples", "--count", "100000", "--frames", "3", "--size", "32", "-o", folder.file("made")])
    while !FileManager.default.fileExists(atPath: folder.file("made")) { sched_yield() }
    samples.interrupt()
    #expect(try samples.wait().code == 130)
    #expect(try folder.contents() == ["long.mkv"])
  }

  @Test(arguments: ["back.npy", "back.mkv", "pictures/"])
  func twoInterruptsLeaveNothingHalfWritten(name: String) throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel()
    let (clip, tokens) = (folder.file("long.mkv"), folder.file("t.safetensors"))
    try MadeClip.write(MadeClip.frames(400, width: 64, height: 64), to: clip)
    _ = try Program.run("tokenize", clip, "-o", tokens, "--model", model.path)
    let program = try Program.start(
      ["detokenize", tokens, "-o", folder.file(name), "--model", model.path])
    while try folder.contents().count < 3 { sched_yield() }
    program.interrupt()
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    #expect(try folder.contents() == ["long.mkv", "t.safetensors"])
  }

  @Test func theSecondInterruptRemovesFilesAndFoldersInTheMaking() throws {
    let folder = try TemporaryFolder()
    let (file, pictures) = (folder.file("a.partial"), folder.file("b.partial"))
    let (empty, filled) = (folder.file("empty"), folder.file("filled"))
    for path in [pictures, empty, filled] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    for path in [file, pictures + "/frame-000001.png", filled + "/result"] {
      try Data([1]).write(to: URL(fileURLWithPath: path))
    }
    UnfinishedPaths.insert(file)
    UnfinishedPaths.insert(pictures)
    UnfinishedPaths.insert(empty, .ifEmpty)
    UnfinishedPaths.insert(filled, .ifEmpty)
    UnfinishedPaths.abandonAll {}
    #expect(try folder.contents() == ["filled"])
    for path in [file, pictures, empty, filled] { UnfinishedPaths.forget(path) }
  }

  @Test(arguments: ["back.npy", "back.mkv", "back.mp4", "back.gif", "pictures/"])
  func aFullDiskLeavesNothingOfAClip(name: String) throws {
    let place = try Workplace(frames: 9, size: 48)
    let tokens = place.folder.file("t.safetensors")
    let model = ["--model", place.model.path]
    _ = try Program.start(["tokenize", place.clip, "-o", tokens] + model).wait()
    let result = try Program.start(
      ["detokenize", tokens, "-o", place.folder.file(name)] + model, largestFile: 512
    ).wait()
    #expect(result.code == 1, "\(result.error)")
    #expect(result.errorLines.count == 1, "\(result.error)")
    #expect(result.output.isEmpty)
    #expect(try place.leftovers() == ["t.safetensors"])
  }

  @Test func aFullDiskLeavesNothingOfTokensAndSamples() throws {
    let place = try Workplace(frames: 9, size: 48)
    let results = try [
      [
        "tokenize", place.clip, "-o", place.folder.file("t.safetensors"), "--model",
        place.model.path,
      ],
      ["tokenize", place.clip, "-o", place.folder.file("folder"), "--model", place.model.path],
      [
        "samples", "--count", "1", "--size", "32", "--frames", "3", "-o", place.folder.file("made"),
      ],
      [
        "snapshot", "clip", place.clip, "--svg", place.folder.file("screen.svg"), "--model",
        place.model.path,
      ],
    ].map { try Program.start($0, largestFile: 512).wait() }
    for result in results {
      #expect(result.code == 1)
      #expect(result.errorLines.count == 1, "\(result.error)")
    }
    #expect(try place.leftovers().isEmpty)
  }

  @Test(arguments: ["/dev/full", "/dev/stdout", "/dev/null"])
  func devicesAreNoPlaceForTokens(path: String) throws {
    let place = try Workplace(frames: 1, size: 32)
    let result = try Program.run("tokenize", place.clip, "-o", path, "--model", place.model.path)
    #expect(result.code == 1)
    #expect(
      result.error == "pyratok: \(path): is neither a folder nor a name that ends in "
        + ".safetensors; give another with -o.\n")
    #expect(result.output.isEmpty)
  }

  @Test func aListStaysAListHoweverMuchOfItFails() throws {
    let place = try Workplace(frames: 1, size: 32)
    let missing = [place.folder.file("a.mp4"), place.folder.file("b.mp4")]
    let tail = ["-o", place.folder.file("tokens"), "--json", "--model", place.model.path]
    let one = try Program.start(["tokenize", place.clip] + tail).wait()
    #expect(one.code == 0)
    #expect((try one.json()["clips"] as? [[String: Any]])?.count == 1)
    for inputs in [[missing[0]], missing] {
      let none = try Program.start(["tokenize"] + inputs + tail).wait()
      #expect(none.code == 1)
      #expect((try none.json()["clips"] as? [Any])?.isEmpty == true)
      #expect((try none.json()["skipped"] as? [Any])?.count == inputs.count)
    }
    // Files that are there already are no failures, so a second go ends as the first did.
    let again = try Program.start(["tokenize", place.clip, missing[0]] + tail).wait()
    #expect(again.code == 0)
    #expect((try again.json()["skipped"] as? [Any])?.count == 2)
    for command in [["evaluate", "reconstruction"], ["codebook"]] {
      let none = try Program.start(
        command + missing + ["--json", "--model", place.model.path]
      ).wait()
      #expect(none.code == 1)
      #expect((try none.json()["skipped"] as? [Any])?.count == 2)
    }
  }
}
