import Foundation
import Tensors
import TestSupport
import Testing

@testable import Tokenization

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures").path
/// As `make text-encoder` leaves it.
private let fullFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../models/text/all-MiniLM-L6-v2").standardized.path
private let tinyFolder = fixtures + "/tiny-bert"
private var hasFullEncoder: Bool {
  FileManager.default.fileExists(atPath: fullFolder + "/model.safetensors")
}

/// What `Fixtures/make_text_fixture.py` had from the reference implementation.
private struct Fixture: Decodable {
  let texts: [String]
  /// Indices of the texts whose states are stored.
  let states: [Int]
  let tiny: [[Int]]
  let full: [[Int]]
  let planes: [String]

  init() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixtures + "/text.json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }

  /// Expects the ids, sentence embeddings and states that are stored under `name`.
  func expectEqual(
    _ encoder: FrozenTextEncoder, _ name: String, ids expected: [[Int]], within tolerance: Float
  ) throws {
    let numbers = try SafetensorsFile.read(fixtures + "/text.safetensors").tensors
    for (text, ids) in zip(texts, expected) {
      #expect(encoder.ids(of: text) == ids, "\(text.debugDescription)")
    }
    let sentences = Tensor.concatenated(
      texts.map { encoder.sentence($0).reshaped([1, encoder.reference.width]) }, along: 0)
    let reference = try #require(numbers[name + ".sentences"]?.tensor)
    expectClose(sentences, reference, within: tolerance)
    var largest = sentences.largestDifference(from: reference)
    for index in states {
      let states = try #require(numbers["\(name).states.\(index)"]?.tensor)
      let own = encoder.states(of: texts[index])
      expectClose(own, states, within: tolerance)
      largest = max(largest, own.largestDifference(from: states))
    }
    print("largest difference of \(name) from the reference: \(largest)")
  }
}

@Suite struct FrozenTextEncoderTests {
  @Test func everyCharacterIsCutAsTheReferenceCutsIt() throws {
    for (plane, expected) in try Fixture().planes.enumerated() {
      var bytes: [UInt8] = []
      for value in UInt32(plane) << 16..<UInt32(plane + 1) << 16 {
        guard let scalar = Unicode.Scalar(value) else { continue }
        var text = Substring("a").unicodeScalars
        text.append(scalar)
        text.append("b")
        var joined = String.UnicodeScalarView()
        for (index, word) in BERTWords.split(text).enumerated() {
          if index > 0 { joined.append("\n") }
          joined.append(contentsOf: word)
        }
        bytes += String(joined).utf8
        bytes.append(0)
      }
      #expect(SHA256.hexadecimal(of: bytes) == expected, "plane \(plane)")
    }
  }

  @Test func aTinyBERTEqualsTheReference() throws {
    let fixture = try Fixture()
    let encoder = try FrozenTextEncoder(directory: tinyFolder)
    #expect(encoder.reference.name == "tiny-bert")
    #expect(encoder.reference.width == 24)
    try fixture.expectEqual(encoder, "tiny", ids: fixture.tiny, within: 1e-5)
  }

  @Test(.enabled(if: hasFullEncoder, "`make text-encoder` brings all-MiniLM-L6-v2"))
  func allMiniLMEqualsTheReference() throws {
    let fixture = try Fixture()
    let encoder = try FrozenTextEncoder(directory: fullFolder)
    #expect(encoder.reference.width == 384)
    let clock = ContinuousClock()
    let captions = fixture.texts.suffix(20)
    let time = clock.measure { for caption in captions { _ = encoder.states(of: caption) } }
    print("\(time / captions.count) a caption")
    try fixture.expectEqual(encoder, "full", ids: fixture.full, within: 1e-4)
  }

  @Test func aMissingEncoderSaysWhatToDo() {
    #expect {
      try FrozenTextEncoder(directory: "/nowhere/all-MiniLM-L6-v2")
    } throws: {
      "\($0)".contains("no text encoder in /nowhere/all-MiniLM-L6-v2")
        && "\($0)".contains("`make text-encoder`") && !"\($0)".contains("\n")
    }
  }

  @Test(arguments: [
    ("config.json", "{}", "not the configuration of a BERT"),
    ("config.json", #""hidden_size": 24"#, #""hidden_size": 25"#),
    ("config.json", #""hidden_size": 24"#, #""hidden_size": 48"#),
    ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#),
    ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": -1"#),
    ("config.json", #""max_position_embeddings": 256"#, #""max_position_embeddings": 9999999"#),
    ("config.json", #""hidden_act": "gelu""#, #""hidden_act": "relu""#),
    ("config.json", #""layer_norm_eps": 1e-12"#, #""layer_norm_eps": -1"#),
    ("vocab.txt", "[CLS]\n", "cls\n"),
    ("vocab.txt", "the\n", "the\nmore\n"),
  ])
  func brokenFoldersAreRefused(file: String, text: String, other: String) throws {
    let folder = try copyOfTiny()
    let path = folder.file(file)
    let before = try String(contentsOfFile: path, encoding: .utf8)
    let after = text == "{}" ? text : before.replacingOccurrences(of: text, with: other)
    #expect(after != before)
    try after.write(toFile: path, atomically: true, encoding: .utf8)
    #expect {
      try FrozenTextEncoder(directory: folder.path)
    } throws: {
      "\($0)".contains(folder.path) && !"\($0)".contains("\n")
    }
  }

  @Test func weightsThatAreNotNumbersAreRefused() throws {
    let folder = try copyOfTiny()
    let path = folder.file("model.safetensors")
    var file = try SafetensorsFile.read(path)
    let name = "encoder.layer.1.output.dense.bias"
    file.tensors[name] = StoredTensor([Float](repeating: .nan, count: 24), shape: [24])
    try file.write(to: path)
    #expect {
      try FrozenTextEncoder(directory: folder.path)
    } throws: {
      "\($0)".contains(name)
    }
  }

  private func copyOfTiny() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["config.json", "vocab.txt", "model.safetensors"] {
      try FileManager.default.copyItem(atPath: tinyFolder + "/" + name, toPath: folder.file(name))
    }
    return folder
  }
}

/// Models whose captions a frozen encoder reads.
@Suite struct FrozenTextModelTests {
  /// A tiny model, its text 24 wide as the encoder's states or 12.
  private func makeModel(textWidth: Int, seed: UInt64 = 3) throws -> PyramidTokenizerModel {
    var configuration = tinyConfiguration
    configuration.textWidth = textWidth
    configuration.textEncoder = try FrozenTextEncoder(directory: tinyFolder).reference
    var random = RandomSource(seed: seed)
    return PyramidTokenizerModel(configuration: configuration, random: &random)
  }

  private func encoding(_ model: PyramidTokenizerModel) throws -> any TextEncoding {
    try model.textEncoding(vocabulary: BytePairVocabulary(), folders: ["/nowhere", tinyFolder])
  }

  @Test func captionsBecomeStatesThatNothingIsRecordedFor() throws {
    let model = try makeModel(textWidth: 24)
    let encoder = try FrozenTextEncoder(directory: tinyFolder)
    let text = try encoding(model)
    let context = text(["the red ball", "", "hello world, the red ball rolls"])
    let short = encoder.states(of: "the red ball")
    #expect(short.shape == [5, 24])
    #expect(context.embedding.shape == [3, 10, 24])
    #expect(
      context.mask.values == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0] + .init(repeating: 0, count: 10)
        + .init(repeating: 1, count: 10))
    #expect(Array(context.embedding.value.values.prefix(short.count)) == short.values)
    #expect(!context.embedding.requiresGradient)
    #expect(!model.parameters.contains { $0.name.hasPrefix("text.") })
    #expect(model.parameterCount == model.configuration.weightCount)
    // What is remembered is what was made, whatever stands beside it.
    let again = text(["the red ball"])
    #expect(again.embedding.value.values == short.values)
    let none = text(["", ""])
    #expect(none.mask.values == [0, 0])
  }

  @Test func longCaptionsAreCutToTheConfiguration() throws {
    let model = try makeModel(textWidth: 24)
    let text = try encoding(model)
    let context = text([String(repeating: "red ", count: 50)])
    #expect(context.embedding.shape == [1, 12, 24])
  }

  @Test func anotherWidthIsLearned() throws {
    let model = try makeModel(textWidth: 12)
    #expect(
      model.parameters.filter { $0.name.hasPrefix("text.") }.map(\.name)
        == ["text.projection.weight", "text.projection.bias"])
    #expect(model.parameterCount == model.configuration.weightCount)
    let text = try encoding(model)
    let context = text(["the red ball"])
    #expect(context.embedding.shape == [1, 5, 12])
    context.embedding.sum().backward()
    #expect(model.textProjection?.weight.gradient?.values.contains { $0 != 0 } == true)
  }

  @Test func aModelOpensWithoutItsEncoderAndNeedsItForCaptionsOnly() throws {
    let model = try makeModel(textWidth: 24)
    let folder = try TemporaryFolder()
    let written = ModelFolder(
      configuration: model.configuration, tensors: model.storedWeights(),
      vocabulary: BytePairVocabulary())
    try written.write(to: folder.path)
    let tokenizer = try VideoTokenizer(directory: folder.path)
    let clip = makeClip(frames: 1, width: 32, height: 32)
    let silent = try tokenizer.makeEncoder(keepsMargins: true).append(clip)
    _ = try tokenizer.makeEncoder(caption: "")
    #expect {
      try tokenizer.makeEncoder(caption: "a red ball")
    } throws: {
      "\($0)".contains("`make text-encoder`") && !"\($0)".contains("\n")
    }
    tokenizer.textEncoderFolders.append(tinyFolder)
    let read = try tokenizer.makeEncoder(caption: "the red ball", keepsMargins: true).append(clip)
    #expect(read.margins[0].values != silent.margins[0].values)
  }

  @Test func anotherEncoderThanTheModelsIsRefused() throws {
    var reference = try FrozenTextEncoder(directory: tinyFolder).reference
    reference.sha256 = String(repeating: "0", count: 64)
    #expect {
      try FrozenTextEncoder(reference, in: [tinyFolder])
    } throws: {
      "\($0)".contains("trained with 000000000000")
    }
  }

  @Test func theConfigurationNamesTheEncoderAndRefusesPaths() throws {
    var configuration = try makeModel(textWidth: 24).configuration
    let json = try configuration.json()
    #expect(try TokenizerConfiguration(json: json, path: "x") == configuration)
    let unknown = String(decoding: json, as: UTF8.self).replacingOccurrences(
      of: "\"bert\"", with: "\"t5\"")
    #expect {
      try TokenizerConfiguration(json: Array(unknown.utf8), path: "x")
    } throws: {
      "\($0)".contains("“text_encoder” has a value that is not known")
    }
    configuration.textEncoder?.name = "../../etc"
    #expect(configuration.problem?.contains("text encoder") == true)
    #expect(!String(decoding: try tinyConfiguration.json(), as: UTF8.self).contains("text_encoder"))
  }

  @Test func theOldestCaptionsAreForgottenFirst() {
    var cache = StateCache(capacity: 24)
    var made: [Int] = []
    func look(_ id: Int) {
      _ = cache.states(of: [id]) {
        made += $0
        return Tensor(zeros: [2])
      }
    }
    for id in [1, 2, 1, 3, 4, 4, 2, 1] { look(id) }
    #expect(made == [1, 2, 3, 4, 1])
    #expect(cache.bytes == 24)
    var small = StateCache(capacity: 1)
    for _ in 0..<2 { _ = small.states(of: [7]) { _ in Tensor(zeros: [8]) } }
    #expect(small.bytes == 32)
  }
}
