import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// Sizes and lengths that need padding, with those that do not.
let awkwardClips = [
  (1, 1, 1), (3, 1, 1), (17, 1, 1), (30, 1, 1), (1, 161, 121), (3, 161, 121), (17, 33, 20),
  (30, 40, 31), (5, 32, 32),
]

@Suite struct StreamingTests {
  /// Tokens through the facade, and the frames that integers alone give back.
  private func roundTrip(
    _ tokenizer: VideoTokenizer, clip: Tensor, caption: String? = nil
  ) throws -> (tokens: ClipTokens, frames: Tensor) {
    let shape = clip.shape
    let description = ClipDescription(
      frames: shape[1], width: shape[3], height: shape[2], caption: caption)
    let tokens = try tokenizer.encode(description) { clip.sliced(1, $0) }
    var parts: [Tensor] = []
    try tokenizer.decode(tokens) { parts.append($0) }
    return (tokens, Tensor.concatenated(parts, along: 1))
  }

  @Test(arguments: awkwardClips)
  func integersAloneGiveTheDirectPathBitForBit(frames: Int, width: Int, height: Int) throws {
    let tokenizer = try makeTinyTokenizer()
    let clip = makeClip(frames: frames, width: width, height: height)
    let (tokens, decoded) = try roundTrip(tokenizer, clip: clip, caption: "a red ball")
    #expect(decoded.shape == clip.shape)

    let padded = tokens.padded
    let whole = ClipPadding.pad(clip, frames: padded[0], height: padded[1], width: padded[2])
    let (encoding, decoding) = (StreamState(), StreamState())
    let text = tokenizer.model.text?([tokenizer.vocabulary.encode("a red ball")])
    var parts: [Tensor] = []
    for chunk in tokens.geometry.chunks(paddedFrames: padded[0]) {
      let latents = tokenizer.model.encode(
        Variable(whole.sliced(1, chunk)), text: text, stream: encoding)
      parts.append(tokenizer.model.decode(latents.codes, stream: decoding).value)
      encoding.finishChunk()
      decoding.finishChunk()
    }
    let direct = ClipPadding.crop(
      Tensor.concatenated(parts, along: 1), frames: frames, height: height, width: width)
    #expect(direct.values.map(\.bitPattern) == decoded.values.map(\.bitPattern))
  }

  @Test func theTokenFileIsAllThatDecodingNeeds() throws {
    let folder = try TemporaryFolder()
    let tokenizer = try makeTinyTokenizer()
    let (tokens, frames) = try roundTrip(
      tokenizer, clip: makeClip(frames: 6, width: 45, height: 33))
    try tokens.write(to: folder.file("clip.safetensors"))
    let other = try makeTinyTokenizer()
    let read = try ClipTokens.read(folder.file("clip.safetensors"))
    try read.check(modelSHA256: other.sha256, path: "clip.safetensors")
    var parts: [Tensor] = []
    try other.decode(read) { parts.append($0) }
    #expect(Tensor.concatenated(parts, along: 1).values == frames.values)
  }

  @Test(arguments: [1, 5, 17, 29])
  func chunksAgreeWithTheWholeSequence(frames: Int) throws {
    let tokenizer = try makeTinyTokenizer()
    let clip = makeClip(frames: frames, width: 64, height: 32)
    let (tokens, decoded) = try roundTrip(tokenizer, clip: clip, caption: "blue")
    let whole = tokenizer.model.forward(
      video: Variable(clip), text: [tokenizer.vocabulary.encode("blue")])
    var differing = 0
    for (grid, z) in zip(tokens.grids, whole.latents.z) {
      let bits = BinaryCode.signs(of: grid.codes, bits: tokens.bits)
      for (bit, margin) in zip(bits, z.value.values) where bit != (margin >= 0 ? 1 : -1) {
        differing += 1
        #expect(abs(margin) < 1e-4)
      }
    }
    if differing == 0 { expectClose(whole.reconstruction.value, decoded, within: 1e-4) }
  }

  @Test(arguments: [1, 2, 3])
  func fewerLevelsWorkLikeFour(levels: Int) throws {
    let configuration = tinyConfiguration.keeping(levels: levels)
    #expect(configuration.problem == nil)
    let tokenizer = try makeTinyTokenizer(configuration)
    let clip = makeClip(frames: 17, width: 64, height: 32)
    let (tokens, decoded) = try roundTrip(tokenizer, clip: clip, caption: "blue")
    #expect(tokens.grids.count == levels)
    let whole = tokenizer.model.forward(
      video: Variable(clip), text: [tokenizer.vocabulary.encode("blue")])
    for (grid, z) in zip(tokens.grids, whole.latents.z) {
      #expect(BinaryCode.signs(of: grid.codes, bits: 16) == z.value.values.map { $0 >= 0 ? 1 : -1 })
    }
    expectClose(whole.reconstruction.value, decoded, within: 1e-4)
  }

  @Test func aColdStartIsExactOneReachLater() throws {
    let tokenizer = try makeTinyTokenizer()
    let clip = makeClip(frames: 81, width: 32, height: 32)
    let whole = try roundTrip(tokenizer, clip: clip).tokens
    let start = 20
    let encoder = try tokenizer.makeEncoder()
    var grids = encoder.append(clip.sliced(1, start..<start + 1)).grids
    for first in stride(from: start + 1, to: 81, by: 4) {
      let chunk = encoder.append(clip.sliced(1, first..<first + 4)).grids
      for index in grids.indices { grids[index].append(chunk[index]) }
    }
    let exactFrom = start + tokenizer.configuration.encoderReach
    #expect(exactFrom < 81)
    for (grid, full) in zip(grids, whole.grids) {
      let step = tokenizer.configuration.strides[grid.level - 1][0]
      let shift = start / step
      for row in 0..<grid.t where row * step + start >= exactFrom {
        #expect(grid.rows(row..<row + 1).codes == full.rows(row + shift..<row + shift + 1).codes)
      }
    }
  }

  @Test func memoryDoesNotGrowWithTheClip() throws {
    let tokenizer = try makeTinyTokenizer()
    let state = StreamState()
    let clip = makeClip(frames: 33, width: 32, height: 32)
    var sizes: Set<Int> = []
    for chunk in tokenizer.configuration.geometry.chunks(paddedFrames: 33) {
      _ = tokenizer.model.encode(Variable(clip.sliced(1, chunk)), stream: state)
      state.finishChunk()
      sizes.insert(state.byteCount)
    }
    #expect(sizes.count == 1)
  }

  @Test func marginsStandBehindTheCodes() throws {
    let tokenizer = try makeTinyTokenizer()
    let encoder = try tokenizer.makeEncoder(keepsMargins: true)
    let chunk = encoder.append(makeClip(frames: 1, width: 32, height: 64))
    #expect(chunk.margins.map(\.shape) == chunk.grids.map { $0.shape + [16] })
    for (grid, margins) in zip(chunk.grids, chunk.margins) {
      margins.withUnsafeBuffer {
        #expect(BinaryCode.integers(of: $0, bits: 16) == grid.codes)
      }
      // RMS-normalised over the bits.
      let squares = margins.values.prefix(16).reduce(0) { $0 + $1 * $1 }
      #expect(abs(squares / 16 - 1) < 1e-3)
    }
  }

  @Test func mutedLevelsAndBitsChangeThePicture() throws {
    let tokenizer = try makeTinyTokenizer()
    let tokens = try roundTrip(
      tokenizer, clip: makeClip(frames: 1, width: 32, height: 32)
    ).tokens
    func decode(_ muting: Muting) throws -> [Float] {
      var values: [Float] = []
      try tokenizer.decode(tokens, muting: muting) { values += $0.values }
      return values
    }
    let plain = try decode(Muting())
    for level in 1...4 {
      #expect(try decode(Muting(levels: [level])) != plain)
      #expect(try decode(Muting(channels: [level: [0]])) != plain)
      let all = try decode(Muting(channels: [level: Set(0..<16)]))
      #expect(try decode(Muting(levels: [level])) == all)
    }
    // A muted level does not depend on its codes.
    var flipped = tokens
    flipped.grids[1].codes = flipped.grids[1].codes.map { ~$0 & 0xffff }
    var values: [Float] = []
    try tokenizer.decode(flipped, muting: Muting(levels: [2])) { values += $0.values }
    #expect(try decode(Muting(levels: [2])) == values)
  }

  @Test func theCaptionChangesTokensAndPaddingDoesNot() throws {
    let tokenizer = try makeTinyTokenizer()
    let clip = makeClip(frames: 5, width: 64, height: 64)
    let silent = try roundTrip(tokenizer, clip: clip).tokens
    let empty = try roundTrip(tokenizer, clip: clip, caption: "").tokens
    let red = try roundTrip(tokenizer, clip: clip, caption: "red").tokens
    let blue = try roundTrip(tokenizer, clip: clip, caption: "blue").tokens
    #expect(silent.grids == empty.grids)
    #expect(silent.grids != red.grids)
    #expect(red.grids != blue.grids)

    let ids = tokenizer.vocabulary.encode("red")
    let video = Variable(clip)
    let plain = tokenizer.model.encode(video, text: tokenizer.model.text?([ids]))
    let padded = tokenizer.model.encode(video, text: tokenizer.model.text?([ids + [0, 0, 0]]))
    for (a, b) in zip(plain.z, padded.z) { expectClose(a.value, b.value, within: 1e-5) }
    let hidden = tokenizer.model.encode(
      video, text: tokenizer.model.text?([ids]).showing([false]))
    let none = tokenizer.model.encode(video)
    #expect(zip(hidden.codes, none.codes).allSatisfy { $0.value.values == $1.value.values })
  }

  @Test(arguments: [(448, 32), (32, 448)])
  func tilesKeepWhatTheWholeFrameGives(width: Int, height: Int) throws {
    let model = makeTinyModel()
    let clip = makeClip(frames: 5, width: width, height: height)
    let whole = StreamingEncoder(model: model, text: nil, keepsMargins: true)
    let tiled = StreamingEncoder(model: model, text: nil, keepsMargins: true, tileBudget: 384 * 32)
    let drawn = StreamingDecoder(model: model, muting: Muting())
    let drawnTiled = StreamingDecoder(model: model, muting: Muting(), tileBudget: 384 * 32)
    for chunk in [0..<1, 1..<5] {
      let a = whole.append(clip.sliced(1, chunk))
      let b = tiled.append(clip.sliced(1, chunk))
      for (first, second) in zip(a.margins, b.margins) {
        expectClose(first, second, within: 1e-4)
      }
      expectClose(drawn.append(a.grids), drawnTiled.append(a.grids), within: 1e-4)
    }
  }

  @Test func tilesCoverTheFrameOnce() {
    let plan = TilePlan(height: 2176, width: 3840, cell: [32, 32], margin: [150, 150])
    var seen = Set<[Int]>()
    for tile in plan.tiles {
      #expect(tile.regionRows.count * tile.regionColumns.count <= TilePlan.defaultBudget)
      for row in tile.rows.divided(by: 32) {
        for column in tile.columns.divided(by: 32) {
          #expect(seen.insert([row, column]).inserted)
        }
      }
    }
    #expect(seen.count == 68 * 120)
    #expect(
      TilePlan(height: 1088, width: 1920, cell: [32, 32], margin: [150, 150]).tiles.count == 1)
  }
}
