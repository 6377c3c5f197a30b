import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization
import TokenizerEngine

/// Files that somebody changed, by chance or on purpose: each is read or refused.
///
/// In memory that its own size bounds. A crash of the reader ends the test run, which is a failure.
@Suite(.serialized)
struct HostileFileTests {
  /// Changes as accidents and attackers make them; the same seed makes the same ones.
  private struct Mutator {
    private var random: RandomSource
    private let original: [UInt8]

    init(_ original: [UInt8], seed: UInt64) {
      self.original = original
      random = RandomSource(seed: seed)
    }

    mutating func next() -> [UInt8] {
      var bytes = original
      for _ in 0..<1 + random.integer(below: 3) { change(&bytes) }
      return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
      guard !bytes.isEmpty else { return }
      // Most of what matters stands at the beginning, and most of that is digits.
      let reach = random.integer(below: 4) == 0 ? bytes.count : min(bytes.count, 1500)
      let place = random.integer(below: reach)
      let digits = bytes.indices.prefix(reach).filter { (48...57).contains(bytes[$0]) }
      switch random.integer(below: 7) {
      case 0: bytes[place] = UInt8(random.integer(below: 256))
      case 1: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.insert(UInt8(random.integer(below: 256)), at: place)
      case 4: bytes.remove(at: place)
      case 5 where !digits.isEmpty:
        bytes[digits[random.integer(below: digits.count)]] = UInt8(48 + random.integer(below: 10))
      case 6 where !digits.isEmpty:
        let many = [UInt8](repeating: 57, count: 1 + random.integer(below: 19))
        bytes.insert(contentsOf: many, at: digits[random.integer(below: digits.count)])
      default: bytes.replaceSubrange(0..<min(8, bytes.count), with: [255, 255, 255, 0, 0, 0, 0, 0])
      }
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Returns whether the file was refused, with the one line that every fault has.
  private func isRefused(_ read: () throws -> Void) -> Bool {
    do {
      try read()
      return false
    } catch {
      let isOurs =
        error is TensorFileError || error is TokenizationError || error is VocabularyError
      #expect(isOurs, "\(error)")
      let line = "\(error)"
      #expect(!line.contains("\n") && line.count < 600, "\(line)")
      return true
    }
  }

  private func tokenFile(in place: Workplace) throws -> String {
    let path = place.folder.file("t.safetensors")
    let result = try Program.run("tokenize", place.clip, "-o", path, "--model", place.model.path)
    #expect(result.code == 0, "\(result.error)")
    return path
  }

  @Test func changedTokenFilesAreReadOrRefused() throws {
    let place = try Workplace(frames: 5, size: 32)
    let tokens = try tokenFile(in: place)
    var mutator = Mutator(try bytes(tokens), seed: 11)
    var refused = 0
    for _ in 0..<2000 {
      try write(mutator.next(), to: tokens)
      if isRefused({ _ = try ClipTokens.read(tokens) }) { refused += 1 }
    }
    // A changed code is still a code, so not all of them can be told.
    #expect(refused > 1000 && refused < 2000, "\(refused) of 2000 refused")
  }

  @Test func changedTokenFilesTakeLittleMemory() throws {
    let place = try Workplace(frames: 5, size: 32)
    let tokens = try tokenFile(in: place)
    let sound = try Program.run("codebook", tokens)
    var mutator = Mutator(try bytes(tokens), seed: 12)
    let paths = try (0..<300).map { index in
      let path = place.folder.file("changed-\(index).safetensors")
      try write(mutator.next(), to: path)
      return path
    }
    let result = try Program.start(["codebook", "--json", "--bits", "16"] + paths).wait()
    #expect(result.code == 0 || result.code == 1, "\(result.code)")
    #expect((try result.json()["skipped"] as? [Any])?.isEmpty == false)
    let more = result.peakMemory - sound.peakMemory
    #expect(more < 32 << 20, "\(more) bytes more")
  }

  @Test func changedModelsAreReadOrRefused() throws {
    let model = try TinyModel()
    for (name, count, seed) in [
      ("config.json", 300, 13), ("model.safetensors", 300, 14), ("vocabulary.json", 100, 15),
    ] as [(String, Int, UInt64)] {
      let path = model.path + "/" + name
      let sound = try bytes(path)
      var mutator = Mutator(sound, seed: seed)
      var refused = 0
      for _ in 0..<count {
        try write(mutator.next(), to: path)
        if isRefused({ _ = try VideoTokenizer(directory: model.path) }) { refused += 1 }
      }
      #expect(refused > count / 4, "\(refused) of \(count) \(name) refused")
      try write(sound, to: path)
    }
  }

  /// Values that ask for more than there is, each alone.
  @Test func configurationsThatAskForTheMoonAreRefusedInLittleMemory() throws {
    let model = try TinyModel()
    let path = model.path + "/config.json"
    let sound = try Program.run("inspect", model.path)
    #expect(sound.code == 0, "\(sound.error)")
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes(path))) as? [String: Any])
    let changes: [(String, Any)] = [
      ("widths", [4096, 4096, 4096, 4096, 4096]), ("widths", [8, 8]), ("widths", "wide"),
      ("encoder_blocks", [64, 64, 64, 64, 64]), ("quantizer_width", 4096),
      ("quantizer_width", -8), ("heads", 0), ("text_width", 1 << 40),
      ("vocabulary_size", 1 << 20), ("vocabulary_size", 1), ("bits", 0), ("bits", 33),
      ("patch", 0), ("patch", 64), ("strides", [[Int]]()), ("strides", [[0, 0, 0]]),
      ("strides", [[2, 8, 8], [4, 8, 8], [4, 16, 16], [8, 32, 32]]), ("entropy_slope", -1),
      ("format", "pyratok.model.9"), ("architecture", "other"), ("text_layers", 65),
    ]
    for (name, value) in changes {
      #expect(fields[name] != nil, "no field \(name)")
      var changed = fields
      changed[name] = value
      try JSONSerialization.data(withJSONObject: changed).write(to: URL(fileURLWithPath: path))
      let result = try Program.run("inspect", model.path)
      #expect(result.code == 1, "\(name) \(value)")
      #expect(result.errorLines.count == 1, "\(result.error)")
      #expect(result.output.isEmpty)
      let more = result.peakMemory - sound.peakMemory
      #expect(more < 32 << 20, "\(name) \(value): \(more) bytes more")
    }
  }
}
