import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite struct ModelFolderTests {
  @Test func aModelSurvivesItsFolder() throws {
    let folder = try TemporaryFolder()
    let model = makeTinyFolder()
    try model.write(to: folder.path)
    let read = try ModelFolder.read(folder.path)
    #expect(read.configuration == model.configuration)
    #expect(read.tensors == model.tensors)
    #expect(read.sha256 == model.sha256)
    let tokenizer = try VideoTokenizer(directory: folder.path)
    #expect(tokenizer.sha256 == model.sha256)
    #expect(tokenizer.model.parameters.allSatisfy { !$0.variable.requiresGradient })
  }

  @Test func theHashFollowsEveryPartOfATensor() {
    let tensors = ["a": StoredTensor([1, 2] as [Float], shape: [2])]
    let hash = ModelFolder.sha256(of: tensors)
    // "a\nF32\n[2]\n", then the eight bytes of 1 and 2.
    let bytes = Array("a\nF32\n[2]\n".utf8) + [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    #expect(hash == SHA256.hexadecimal(of: bytes))
    let others = [
      ["b": StoredTensor([1, 2] as [Float], shape: [2])],
      ["a": StoredTensor([1, 2] as [Float], shape: [1, 2])],
      ["a": StoredTensor([1, 3] as [Float], shape: [2])],
      ["a": StoredTensor([1, 2] as [Float], shape: [2], as: .float16)],
    ]
    for other in others { #expect(ModelFolder.sha256(of: other) != hash) }
  }

  @Test func hostileWeightsAreRefusedInOneLine() throws {
    let name = "decoder.exit.bias"
    try expectRefusal("lacks “\(name)”") { $0[name] = nil }
    try expectRefusal("does not have") { $0["decoder.extra"] = $0[name] }
    try expectRefusal("shape [3], not [48]") {
      $0[name] = StoredTensor([1, 2, 3] as [Float], shape: [3])
    }
    try expectRefusal("not finite") {
      $0[name] = StoredTensor([Float](repeating: .nan, count: 48), shape: [48])
    }
    try expectRefusal("not finite") {
      $0[name] = StoredTensor([Float](repeating: .infinity, count: 48), shape: [48], as: .float16)
    }
    try expectRefusal("not floating point") {
      $0[name] = StoredTensor([Int64](repeating: 1, count: 48), shape: [48])
    }
  }

  @Test func aMissingOrBrokenFolderIsRefused() throws {
    #expect(throws: TensorFileError.self) { try VideoTokenizer(directory: "/nowhere") }
    let folder = try TemporaryFolder()
    try makeTinyFolder().write(to: folder.path)
    try WholeFile.write([Array("{".utf8)], to: folder.file("config.json"))
    #expect(throws: TokenizationError.self) { try VideoTokenizer(directory: folder.path) }
    try makeTinyFolder().write(to: folder.path)
    let path = folder.file("model.safetensors")
    try WholeFile.write([Array(try WholeFile.read(path).dropLast())], to: path)
    #expect(throws: TensorFileError.self) { try VideoTokenizer(directory: folder.path) }
    try makeTinyFolder().write(to: folder.path)
    try WholeFile.write([Array("[]".utf8)], to: folder.file("vocabulary.json"))
    #expect(throws: (any Error).self) { try VideoTokenizer(directory: folder.path) }
  }

  @Test func theIdentityQuantizerRoundsNothing() {
    let model = makeTinyModel(isIdentity: true)
    let output = model.forward(video: Variable(makeClip(frames: 5, width: 32, height: 32)))
    for (z, codes) in output.levels { #expect(z.value.values == codes.value.values) }
    #expect(output.reconstruction.shape == [1, 5, 32, 32, 3])
    #expect(output.latents.codes[0].value.values.contains { abs($0) != 1 })
  }

  private func expectRefusal(
    _ reason: String, _ change: (inout [String: StoredTensor]) -> Void
  ) throws {
    var folder = makeTinyFolder()
    change(&folder.tensors)
    let error = #expect(throws: TokenizationError.self) {
      try VideoTokenizer(folder, path: "models/tiny")
    }
    let line = error?.description ?? ""
    #expect(line.contains(reason) && line.hasPrefix("models/tiny"), "\(line)")
  }
}
