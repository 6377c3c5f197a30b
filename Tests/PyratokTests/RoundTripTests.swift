import Foundation
import Layers
import Tensors
import TestSupport
import Testing
import Tokenization
import VideoIO

/// `tokenize`, then `detokenize` in a fresh process that has the token file alone, against the model
/// in this process, which never makes an integer of its codes.
@Suite(.serialized)
struct RoundTripTests {
  private static let runsSlowTests =
    ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil

  private static let bundledModel: String = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.appendingPathComponent("models/nano").path
  }()

  @Test(arguments: [(161, 121), (1, 1), (7, 5), (33, 130)], [1, 3, 17, 30])
  func theFileAloneGivesTheDirectReconstruction(size: (Int, Int), frames: Int) throws {
    let model = try TinyModel()
    try withExtendedLifetime(model) {
      try expectRoundTrip(
        MadeClip.frames(frames, width: size.0, height: size.1), model: model.path)
    }
  }

  @Test(
    .enabled(if: runsSlowTests, "set PYRATOK_ALL_TESTS for slow tests"),
    arguments: [(161, 121), (1, 1)], [1, 3, 17, 30])
  func theBundledModelLosesNothingInTheFile(size: (Int, Int), frames: Int) throws {
    try expectRoundTrip(
      MadeClip.frames(frames, width: size.0, height: size.1), model: Self.bundledModel)
  }

  @Test(
    .enabled(if: SharedFolder.isPresent, "the shared clips are not there"),
    arguments: [1, 3, 17, 30])
  func aRealClipOfOddSizeLosesNothingInTheFile(frames: Int) throws {
    let reader = try VideoReader(path: SharedFolder.clip("bear_vp9_161x121.webm"))
    #expect(reader.workingWidth == 161 && reader.workingHeight == 121)
    let model = try TinyModel()
    try withExtendedLifetime(model) {
      try expectRoundTrip(try reader.frames(0..<frames), model: model.path)
    }
  }

  private func expectRoundTrip(
    _ frames: [Frame], model: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    let (clip, tokens) = (folder.file("clip.mkv"), folder.file("t.safetensors"))
    try MadeClip.write(frames, to: clip)
    let there = try Program.run(
      "tokenize", clip, "-o", tokens, "--size", "native", "--model", model)
    #expect(there.code == 0, "\(there.error)", sourceLocation: sourceLocation)
    try FileManager.default.removeItem(atPath: clip)
    let back = try Program.run(
      "detokenize", tokens, "-o", folder.file("back.npy"), "--model", model)
    #expect(back.code == 0, "\(back.error)", sourceLocation: sourceLocation)

    try writeDirectly(frames, model: model, to: folder.file("direct.npy"))
    let direct = try NumpyFile.read(folder.file("direct.npy")).array
    let size = [frames.count, frames[0].height, frames[0].width, 3]
    #expect(direct.shape == size, sourceLocation: sourceLocation)
    let equal = FileManager.default.contentsEqual(
      atPath: folder.file("back.npy"), andPath: folder.file("direct.npy"))
    #expect(equal, "the two .npy files differ", sourceLocation: sourceLocation)
  }

  /// Encoder, signs, decoder: chunk by chunk through the causal caches.
  private func writeDirectly(_ clip: [Frame], model path: String, to output: String) throws {
    let tokenizer = try VideoTokenizer(directory: path)
    let (width, height) = (clip[0].width, clip[0].height)
    let geometry = tokenizer.configuration.geometry
    let padded = geometry.padded(frames: clip.count, width: width, height: height)
    let (encoding, decoding) = (StreamState(), StreamState())
    let writer = try makeWriter(
      path: output, width: width, height: height, frameRate: Rational(24, 1))
    for chunk in geometry.chunks(paddedFrames: padded[0]) {
      let real = Array(clip[chunk.clamped(to: 0..<clip.count)])
      let input = ClipPadding.pad(
        tensor(of: real), frames: chunk.count, height: padded[1], width: padded[2])
      let latents = tokenizer.model.encode(Variable(input), stream: encoding)
      encoding.finishChunk()
      let pictures = tokenizer.model.decode(latents.codes, stream: decoding).value
      decoding.finishChunk()
      let shown = ClipPadding.crop(pictures, frames: real.count, height: height, width: width)
      for frame in VideoIO.frames(from: shown, times: real.map(\.time)) {
        try writer.append(frame)
      }
    }
    try writer.finish()
  }

  @Test func tokensDoNotDependOnHowTheClipIsFed() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel()
    let frames = MadeClip.frames(30, width: 50, height: 38)
    func tokens(_ name: String, _ frames: [Frame], _ options: String...) throws -> [TokenGrid] {
      let (clip, output) = (folder.file(name), folder.file(name + ".safetensors"))
      try MadeClip.write(frames, to: clip)
      let arguments = ["tokenize", clip, "-o", output, "--size", "native", "--model", model.path]
      let result = try Program.start(arguments + options).wait()
      #expect(result.code == 0, "\(result.error)")
      return try ClipTokens.read(output).grids
    }
    let whole = try tokens("whole.mkv", frames)
    #expect(try tokens("pictures", frames) == whole)
    let beginning = try tokens("short.mkv", Array(frames[..<17]))
    #expect(try tokens("cut.mkv", frames, "--frames", "17") == beginning)
    // Causal: what comes later changes nothing that came before.
    for (short, long) in zip(beginning, whole) {
      #expect(Array(long.codes.prefix(short.codes.count)) == short.codes)
    }
    let end = try tokens("end.mkv", Array(frames[12...]))
    #expect(try tokens("late.mkv", frames, "--start", "0.5") == end)
    #expect(end != whole)
  }
}
