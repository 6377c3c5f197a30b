import Foundation
import Tensors
import Testing
import Tokenization

/// Tokens of a clip of `frames` frames whose codes count up.
func countingTokens(frames: Int = 3, width: Int = 33, height: Int = 20, bits: Int = 16)
  -> ClipTokens
{
  let geometry = TokenizerConfiguration().geometry
  let padded = geometry.padded(frames: frames, width: width, height: height)
  let grids = geometry.grids(padded: padded).enumerated().map { index, shape in
    TokenGrid(
      level: index + 1, t: shape[0], h: shape[1], w: shape[2],
      codes: (0..<shape.reduce(1, *)).map { UInt32($0 &* 7_919) & ((1 << UInt32(bits)) - 1) })
  }
  return ClipTokens(
    grids: grids, bits: bits, strides: geometry.strides,
    clip: ClipDescription(
      frames: frames, width: width, height: height, frameRate: FrameRate(30_000, 1001),
      startFrame: 12, caption: "a “red” ball"),
    model: "nano", modelSHA256: String(repeating: "0a", count: 32))
}

private func temporaryPath() -> String {
  NSTemporaryDirectory() + "/\(UUID().uuidString).safetensors"
}

@Test func tokensSurviveTheirFile() throws {
  var tokens = countingTokens()
  tokens.times = [0, 0.04, 0.09]
  tokens.otherMetadata = ["camera": "left"]
  tokens.otherTensors = ["depth": StoredTensor([1, 2] as [Float], shape: [2])]
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }
  try tokens.write(to: path)
  #expect(try ClipTokens.read(path) == tokens)
}

@Test func codesOfMoreThan16BitsAreStoredAsU32() throws {
  let tokens = countingTokens(bits: 20)
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }
  try tokens.write(to: path)
  #expect(try SafetensorsFile.read(path).tensors["tokens.level1"]?.type == .uint32)
  #expect(try ClipTokens.read(path) == tokens)
}

@Test func theMetadataIsWhatTheFormatSays() throws {
  let metadata = countingTokens().file.metadata
  #expect(metadata["strides"] == "[[2,8,8],[4,8,8],[4,16,16],[4,32,32]]")
  #expect(metadata["padded"] == "[5,32,64]")
  #expect(metadata["frame_rate"] == "30000/1001")
  #expect(metadata["levels"] == "4")
  #expect(metadata["bit_order"] == "msb")
}

@Test(arguments: [
  ("format", "pyratok.tokens.2", "must be “pyratok.tokens.1”"),
  ("bit_order", "lsb", "must be “msb”"),
  ("color", "yuv", "must be “rgb-full”"),
  ("bits", "12", "more than 12 bits"),
  ("bits", "17", "need U32"),
  ("bits", "0x10", "not a number"),
  ("bits", "99", "not a number in 1…32"),
  ("levels", "3", "“strides” must be 3"),
  ("levels", "99999999999999999999", "not a number"),
  ("strides", "[[2,8,8],[4,8,8],[4,16,16],[4,64,64]]", "padded size does not follow"),
  ("strides", "[[2,8,8],[4,8,8],[4,16,16],[3,32,32]]", "do not divide"),
  ("strides", "[[1,8,8],[4,8,8],[4,16,16],[4,32,32]]", "shape"),
  ("strides", "[[0,8,8],[4,8,8],[4,16,16],[4,32,32]]", "triples"),
  ("strides", "nonsense", "not a list"),
  ("frames", "9", "padded size does not follow"),
  ("frames", "0", "not a number"),
  ("width", "65", "padded size does not follow"),
  ("height", "-20", "not a number"),
  ("padded", "[9,32,64]", "padded size does not follow"),
  ("frame_rate", "25", "25/1"),
  ("frame_rate", "25/0", "25/1"),
  ("frame_rate", "5000000000/1", "above 2147483647"),
  ("frame_rate", "1/5000000000", "above 2147483647"),
  ("start_frame", "-1", "not a number"),
  ("start_frame", "2147483648", "not a number"),
  ("model_sha256", "abc", "not a SHA-256"),
])
func everyFieldOfATokenFileIsChecked(key: String, value: String, reason: String) throws {
  var file = countingTokens().file
  file.metadata[key] = value
  try expectRefusal(of: file, naming: reason)
  file.metadata[key] = nil
  try expectRefusal(of: file, naming: "lacks the metadata “\(key)”")
}

@Test func wrongTensorsAreRefused() throws {
  var file = countingTokens().file
  file.tensors["tokens.level2"] = nil
  try expectRefusal(of: file, naming: "lacks the tensor “tokens.level2”")
  file = countingTokens().file
  file.tensors["tokens.level4"] = StoredTensor([1, 2, 3] as [UInt16], shape: [3, 1, 1])
  try expectRefusal(of: file, naming: "shape")
  file = countingTokens().file
  file.tensors["times"] = StoredTensor([1, 2] as [Double], shape: [2])
  try expectRefusal(of: file, naming: "“times”")
  file.tensors["times"] = StoredTensor([1, 3, 2] as [Double], shape: [3])
  try expectRefusal(of: file, naming: "do not rise")
  file.tensors["times"] = StoredTensor([1, 2, 2] as [Double], shape: [3])
  try expectRefusal(of: file, naming: "do not rise")
  file.tensors["times"] = StoredTensor([1, .nan, 2] as [Double], shape: [3])
  try expectRefusal(of: file, naming: "do not rise")
  file.tensors["times"] = StoredTensor([0, 1, 1e300] as [Double], shape: [3])
  try expectRefusal(of: file, naming: "outside")
  file.tensors["times"] = StoredTensor([-1, 1, 2] as [Double], shape: [3])
  try expectRefusal(of: file, naming: "outside")
}

@Test func otherWeightsAreRefusedNamingBoth() throws {
  let tokens = countingTokens()
  try tokens.check(modelSHA256: tokens.modelSHA256, path: "a")
  let error = #expect(throws: TokenizationError.self) {
    try tokens.check(modelSHA256: String(repeating: "f", count: 64), path: "clip.safetensors")
  }
  let line = error?.description ?? ""
  #expect(line.contains("0a0a0a0a0a0a") && line.contains("ffffffffffff"))
}

private func expectRefusal(of file: SafetensorsFile, naming reason: String) throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }
  try file.write(to: path)
  let error = #expect(throws: TokenizationError.self) { try ClipTokens.read(path) }
  let line = error?.description ?? ""
  #expect(line.contains(reason), "\(line)")
  #expect(!line.contains("\n"))
}
