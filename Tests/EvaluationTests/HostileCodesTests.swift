import Foundation
import Glibc
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Evaluation

/// Dumps and logs that disks, networks and people damaged: each is read or refused in one line, and
/// a crash of the reader ends the test run.
@Suite(.serialized)
struct HostileCodesTests {
  private struct Mutator {
    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
      var bytes = original
      for _ in 0..<1 + random.integer(below: 4) where !bytes.isEmpty {
        // Half of the blows fall where headers stand.
        let reach = random.integer(below: 2) == 0 ? min(bytes.count, 400) : bytes.count
        let place = random.integer(below: reach)
        let end = min(bytes.count, place + 1 + random.integer(below: 32))
        switch random.integer(below: 8) {
        case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
        case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff][random.integer(below: 5)]
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: for index in place..<end { bytes[index] = 0xff }
        case 5: bytes.removeSubrange(place...)
        case 6: bytes.insert(contentsOf: [UInt8](repeating: 0x39, count: end - place), at: place)
        default: for index in place..<end { bytes[index] = UInt8(random.integer(below: 256)) }
        }
      }
      return bytes
    }
  }

  private var heldBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1_024
  }

  /// Gives how many of the damaged files were refused.
  @discardableResult
  private func survive(
    _ path: String, rounds: Int = 300, _ read: (String) throws -> CodebookUsage
  ) throws -> Int {
    let url = URL(fileURLWithPath: path)
    let original = [UInt8](try Data(contentsOf: url))
    _ = try read(path)
    var mutator = Mutator(seed: 11)
    let before = heldBytes
    var refused = 0
    for round in 0..<rounds {
      try Data(mutator.mutate(original)).write(to: url)
      do {
        let usage = try read(path)
        if round.isMultiple(of: 10) { _ = usage.diagnosis() }
      } catch {
        refused += 1
        let line = "\(error)"
        #expect(error is CodeFileError || error is TensorFileError, "\(error)")
        #expect(!line.contains("\n") && line.count < 600, "\(line)")
      }
    }
    try Data(original).write(to: url)
    #expect(heldBytes - before < 300 * original.count + (256 << 20))
    return refused
  }

  private func codes(_ count: Int, below limit: Int) -> [UInt16] {
    var random = RandomSource(seed: 5)
    return (0..<count).map { _ in UInt16(random.integer(below: limit)) }
  }

  @Test func damagedArraysAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let format = try #require(CodeFormat(bits: 10, codes: nil, bitOrder: .lsb, quantizer: nil))
    let npy = folder.file("codes.npy")
    try NumpyFile(StoredTensor(codes(2_000, below: 1024), shape: [2, 10, 10, 10])).write(to: npy)
    #expect(try survive(npy) { try CodeArrays.read($0, as: format).usage } > 50)
    let foreign = folder.file("codes.safetensors")
    try SafetensorsFile(
      metadata: ["bits": "10", "bit_order": "lsb", "levels": "x"],
      tensors: [
        "level1": StoredTensor(codes(900, below: 1024), shape: [9, 10, 10]),
        "z.level2": StoredTensor([Double](repeating: 0.3, count: 500), shape: [50, 10]),
        "decoder_input.level2": StoredTensor([Double](repeating: 1, count: 500), shape: [50, 10]),
      ]
    ).write(to: foreign)
    #expect(try survive(foreign) { try CodeArrays.read($0, as: nil).usage } > 50)
  }

  @Test func damagedFoldersAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let tokens = (0..<4_096).map { UInt32($0) }
    try Data(tokens.withUnsafeBytes { [UInt8]($0) })
      .write(to: URL(fileURLWithPath: folder.file("video.bin")))
    let segments = (0..<16).map { Int32($0 / 4) }
    try Data(segments.withUnsafeBytes { [UInt8]($0) })
      .write(to: URL(fileURLWithPath: folder.file("segment_ids.bin")))
    let metadata = folder.file("metadata.json")
    try "{\"token_dtype\": \"uint32\", \"s\": 16, \"vocab_size\": 4096}"
      .write(toFile: metadata, atomically: true, encoding: .utf8)
    for name in ["metadata.json", "video.bin", "segment_ids.bin"] {
      try survive(folder.file(name)) { _ in
        var found = try TokenFolder(folder.path, as: nil)
        return try found.usage()
      }
    }
  }

  private let line = """
    {"step": 100, "bits": 4, "bit_order": "msb", "leak": 0.0, "levels": [{"level": 1, "tokens": 6, \
    "ones": [[4, 3, 3, 2], [3, 3, 2, 2], [3, 2, 4, 3], [2, 2, 3, 3]], "codes": [[15, 2], [14, 1], \
    [8, 1], [0, 1], [3, 1]], "clips": [[3, 3], [3, 3]], "slope": 4, "reach": 0.5, "size": 0.7, \
    "residual": [0.7, 0.4, 0.3], "scales": [1, 0.5], "entropy": 1.5}]}
    """

  @Test func damagedLogsAreReadOrPassedOver() throws {
    var mutator = Mutator(seed: 12)
    var lines = CodebookLines()
    lines.add(Array(line.utf8))
    #expect(lines.badLines == 0 && lines.watch.windows == 1)
    for _ in 0..<3_000 { lines.add(mutator.mutate(Array(line.utf8))) }
    #expect(lines.badLines > 1_000)
    #expect(lines.watch.windows + lines.badLines > 2_900)
  }

  @Test(arguments: [
    ("{\"levels\": []}", "“bits”, “codes” or “dimensions”"),
    ("{\"bits\": 4}", "it lacks “levels”"),
    ("{\"bits\": 4, \"levels\": []}", "1 to 64 entries"),
    ("{\"bits\": 4, \"levels\": [{\"tokens\": 3}]}", "“codes” must say"),
    ("{\"bits\": 4, \"levels\": [{\"tokens\": [16]}]}", "outside of 16 codes"),
    (
      "{\"bits\": 4, \"levels\": [{\"tokens\": 2, \"codes\": [[1, 3]]}]}",
      "more tokens than there are"
    ),
    ("{\"bits\": 4, \"levels\": [{\"tokens\": 9, \"codes\": 3, \"ones\": [[1]]}]}", "4 rows of 4"),
    ("{\"bits\": 4, \"levels\": [{\"tokens\": -9, \"codes\": 3}]}", "out of range"),
    ("{\"bits\": 4, \"levels\": \"many\"}", "“levels” has the wrong type"),
    ("nonsense", "no JSON object"), (String(repeating: "[", count: 100_000), "no JSON object"),
  ])
  func aLineThatIsNoWindowSaysWhy(text: String, reason: String) {
    var lines = CodebookLines()
    lines.add(Array(text.utf8))
    #expect(lines.badLines == 1)
    #expect(lines.firstFault?.contains(reason) == true, "\(lines.firstFault ?? "")")
  }

  @Test func countsOfBitsAloneTellOfBits() throws {
    var lines = CodebookLines()
    let line = """
      {"bits": 2, "levels": [{"tokens": 100, "codes": 2, "ones": [[50, 50], [50, 50]]}]}
      """
    for _ in 0..<2 { lines.add(Array(line.utf8)) }
    #expect(lines.watch.alerts.map(\.rule) == [.duplicateBits])
    let level = try #require(lines.watch.last?.levels.first)
    #expect(level.spectrum == nil && level.used == 2)
    #expect(level.bitStatistics?.entropy == [1, 1])
  }

  @Test func theKnownCodesHaveTheKnownFigures() throws {
    var lines = CodebookLines()
    lines.add(Array(line.utf8))
    let level = try #require(lines.watch.last?.levels.first)
    #expect(abs((level.spectrum?.entropyInBits ?? 0) - 2.2516291674) < 1e-9)
    #expect(level.latents?.inReach == 0.5)
    #expect(level.latents?.stages.map(\.rmsAfter).map { ($0 * 10).rounded() } == [4, 3])
  }

  @Test func aShortLineOfVeryManyTokensTakesNoMemoryForThem() throws {
    let before = heldBytes
    var lines = CodebookLines()
    lines.add(
      Array(
        """
        {"bits": 16, "levels": [{"tokens": 1000000000000, "codes": [[1, 600000000000], \
        [65535, 400000000000]]}]}
        """.utf8))
    #expect(lines.badLines == 0)
    #expect(lines.watch.last?.alerts.contains { $0.rule == .collapse } == true)
    #expect(heldBytes - before < 256 << 20)
  }

  @Test func aMillionCodesAndOneTokenAreNothingSpecial() throws {
    var random = RandomSource(seed: 6)
    var usage = CodebookUsage(bits: 20)
    usage.addClip((0..<1_000_000).map { _ in UInt32(random.integer(below: 1 << 20)) }, level: 1)
    usage.addClip([7], level: 2)
    let diagnosis = usage.diagnosis()
    #expect(diagnosis.levels[0].used > 600_000)
    #expect(diagnosis.alerts.allSatisfy { $0.severity == .info })
  }

  @Test func valuesThatAreNoNumbersAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("z.npy")
    let format = try #require(CodeFormat(bits: 8, codes: nil, bitOrder: .msb, quantizer: .bsq))
    for value in [Double.nan, .infinity, -.infinity, 0] {
      try NumpyFile(StoredTensor([Double](repeating: value, count: 800), shape: [100, 8]))
        .write(to: path)
      let found = try CodeArrays.read(path, as: format)
      #expect(found.usage.diagnosis().alerts.first?.rule == .deadBit)
      if !value.isFinite { #expect(found.notices.contains { $0.contains("no finite numbers") }) }
    }
  }
}
