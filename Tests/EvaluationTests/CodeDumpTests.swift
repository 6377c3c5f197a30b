import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Evaluation

/// Dumps of other programs, as they publish them.
struct CodeDumpTests {
  private func format(
    bits: Int? = nil, codes: Int? = nil, dimensions: [Int]? = nil,
    order: CodeFormat.BitOrder = .msb, quantizer: CodeFormat.Quantizer? = nil
  ) throws -> CodeFormat {
    try #require(
      CodeFormat(
        bits: bits, codes: codes, dimensions: dimensions, bitOrder: order, quantizer: quantizer))
  }

  @Test(arguments: 2...20, CodeFormat.BitOrder.allCases)
  func anyNumberOfBitsInEitherOrderIsRead(bits: Int, order: CodeFormat.BitOrder) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("codes.npy")
    // The latent's first dimension alone is always 1.
    let first: UInt32 = order == .msb ? 1 << UInt32(bits - 1) : 1
    var random = RandomSource(seed: UInt64(bits))
    let codes = (0..<400).map { _ in UInt32(random.integer(below: 1 << bits)) | first }
    try NumpyFile(StoredTensor(codes, shape: [4, 10, 10])).write(to: path)
    let found = try CodeArrays.read(path, as: try format(bits: bits, order: order))
    let level = try #require(found.usage.diagnosis().levels.first)
    #expect(level.tokens == 400)
    #expect(level.bitStatistics?.dead.first == 0)
    #expect(level.bitStatistics?.shareOfOnes.first == 1)
  }

  @Test func foreignSafetensorsSayWhatTheyHold() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("foreign.safetensors")
    var random = RandomSource(seed: 2)
    func codes(_ count: Int) -> [UInt16] {
      (0..<count).map { _ in UInt16(random.integer(below: 64_000)) }
    }
    try SafetensorsFile(
      metadata: ["levels": "[8, 8, 8, 5, 5, 5]"],
      tensors: [
        "indices_scale0": StoredTensor(codes(300), shape: [3, 100]),
        "indices_scale1": StoredTensor(codes(600), shape: [6, 100]),
      ]
    ).write(to: path)
    let usage = try CodeArrays.read(path, as: nil).usage
    #expect(usage.dimensions == [8, 8, 8, 5, 5, 5])
    #expect(usage.codebookSize == 64_000)
    #expect(usage.histograms.mapValues(\.tokens) == [1: 300, 2: 600])
    #expect(usage.diagnosis().levels[0].dimensions?.count == 6)
    #expect(usage.diagnosis().alerts.allSatisfy { $0.severity == .info })
  }

  @Test func aFileThatSaysNothingAsksForTheCodebook() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("foreign.safetensors")
    try SafetensorsFile(tensors: ["a": StoredTensor([UInt16(3)], shape: [1])]).write(to: path)
    #expect(throws: CodeFileError.unknownCodebook(path)) {
      try CodeArrays.read(path, as: nil).usage
    }
  }

  @Test func commaVQIsKnownByItsShape() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("comma.npy")
    var random = RandomSource(seed: 3)
    let codes = (0..<1200 * 128).map { _ in UInt16(random.integer(below: 1024)) }
    try NumpyFile(
      StoredTensor(
        type: .int16, shape: [1200, 8, 16], bytes: codes.withUnsafeBytes { [UInt8]($0) })
    ).write(to: path)
    let found = try CodeArrays.read(path, as: nil)
    #expect(found.usage.codebookSize == 1024)
    #expect(found.usage.histograms[1]?.tokens == 153_600)
    #expect(found.notices.first?.contains("commaVQ") == true)
  }

  @Test func stagesThatWereLeftOutAreNotCounted() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("codes.npy")
    try NumpyFile(StoredTensor([Int64(3), -1, -1, 2], shape: [4])).write(to: path)
    let found = try CodeArrays.read(path, as: try format(codes: 4))
    #expect(found.usage.histograms[1]?.tokens == 2)
    #expect(found.notices == ["the array: 2 times −1, a stage left out, is not counted"])
  }

  @Test func theFirstOfFourAxesCountsClips() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("codes.npy")
    // Every clip has one code of its own.
    let codes = (0..<40).flatMap { [UInt16](repeating: UInt16($0 * 25), count: 64) }
    try NumpyFile(StoredTensor(codes, shape: [40, 4, 4, 4])).write(to: path)
    let usage = try CodeArrays.read(path, as: try format(bits: 10)).usage
    #expect(usage.clips[1]?.clips == 40)
    let alert = try #require(usage.diagnosis().alerts.first { $0.rule == .clipCode })
    #expect(alert.text.hasPrefix("a clip has about 1.0 code of its own"))
  }

  // MARK: Values before the sign

  private let z = (0..<6).flatMap { n in
    (0..<4).map { d in sin(1.3 * Double(n) + 0.7 * Double(d) + 0.2) }
  }

  @Test func valuesBeforeTheSignAreQuantizedAndTold() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("z.npy")
    try NumpyFile(StoredTensor(z, shape: [6, 4])).write(to: path)
    var residual = try format(bits: 4)
    residual.scales = [1, 0.5, 0.25]
    residual.slope = 400
    let usage = try CodeArrays.read(path, as: residual).usage
    #expect(usage.histograms[1]?.counts == [15: 2, 14: 1, 8: 1, 0: 1, 3: 1])
    #expect(usage.histograms[3]?.counts == [7: 2, 13: 1, 4: 1, 1: 1, 5: 1])
    #expect(abs((usage.latents[1]?.stages.last?.rmsAfter ?? 0) - 0.15423844) < 1e-8)
    let spherical = try CodeArrays.read(path, as: try format(bits: 4, quantizer: .bsq)).usage
    // Σ_d (q − u)² of BSQ's commitment, here its mean over bits.
    #expect(abs((spherical.latents[1]?.stages[0].commitment ?? 0) * 4 - 0.1787118823) < 1e-9)
    let finite = folder.file("f.npy")
    try NumpyFile(StoredTensor(z.map { 2 * $0 }, shape: [6, 4])).write(to: finite)
    let scalars = try CodeArrays.read(finite, as: try format(dimensions: [8, 5, 5, 5])).usage
    #expect(scalars.histograms[1]?.counts.keys.sorted() == [14, 359, 400, 968, 997, 998])
  }

  @Test func fieldsAreQuantizedScaleByScale() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("f.npy")
    var field: [Double] = []
    for index in 0..<48 {
      let c = Double(index / 16)
      let y = Double(index / 4 % 4)
      let x = Double(index % 4)
      let angle = 0.9 * y + 0.5 * x + 1.7 * c + 0.3
      field.append(sin(angle))
    }
    let scales = MultiScaleSpheres(field, channels: 3, height: 4, width: 4, sides: [1, 2, 4])
    #expect(
      scales.codes
        == [[4], [6, 6, 1, 1], [3, 3, 3, 1, 6, 6, 1, 1, 6, 5, 1, 3, 7, 3, 3, 3]])
    let residuals = [scales.stages[0].rmsBefore] + scales.stages.map(\.rmsAfter)
    for (found, known) in zip(residuals, [0.70960127, 0.69146412, 0.50727991, 0.34993670]) {
      #expect(abs(found - known) < 1e-8)
    }
    #expect(abs(scales.sums[0] - 0.57735027) < 1e-8)
    try NumpyFile(StoredTensor(field + field, shape: [2, 3, 4, 4])).write(to: path)
    var spheres = try format(bits: 3, quantizer: .bsq)
    spheres.sides = [1, 2, 4]
    let usage = try CodeArrays.read(path, as: spheres).usage
    #expect(usage.histograms[2]?.counts == [6: 4, 1: 4])
    #expect(usage.histograms.mapValues(\.tokens) == [1: 2, 2: 8, 3: 32])
    spheres.sides = [8]
    #expect(throws: CodeFileError.self) { try CodeArrays.read(path, as: spheres).usage }
  }

  @Test func whatTheDecoderSawIsHeldAgainstTheCodes() throws {
    let folder = try TemporaryFolder()
    for (seen, isLeak) in [(z.map { $0 >= 0 ? 1.0 : -1 }, false), (z, true)] {
      let path = folder.file("leak.safetensors")
      try SafetensorsFile(
        metadata: ["bits": "4"],
        tensors: [
          "z": StoredTensor(z, shape: [6, 4]), "decoder_input": StoredTensor(seen, shape: [6, 4]),
        ]
      ).write(to: path)
      let alerts = try CodeArrays.read(path, as: nil).usage.diagnosis().alerts
      #expect(alerts.contains { $0.rule == .leak } == isLeak)
    }
  }

  @Test func floatsOfAnotherWidthAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("z.npy")
    try NumpyFile(StoredTensor(z, shape: [6, 4])).write(to: path)
    let five = try format(bits: 5)
    #expect(throws: CodeFileError.badLatents(path, array: "the array", width: 5)) {
      try CodeArrays.read(path, as: five).usage
    }
    let plain = try format(codes: 7)
    #expect(throws: CodeFileError.notIntegers(path, array: "the array")) {
      try CodeArrays.read(path, as: plain).usage
    }
  }

  // MARK: Folders

  private func write<Element: BitwiseCopyable>(_ values: [Element], to path: String) throws {
    try Data(values.withUnsafeBytes { [UInt8]($0) }).write(to: URL(fileURLWithPath: path))
  }

  private func worldModel(in folder: TemporaryFolder, frames: Int = 60) throws {
    var random = RandomSource(seed: 4)
    let codes = (0..<frames * 256).map { _ in UInt32(random.integer(below: 1 << 18)) }
    try write(codes, to: folder.file("video.bin"))
    try write((0..<frames).map { Int32($0 / 20) }, to: folder.file("segment_ids.bin"))
    try """
    {"token_dtype": "uint32", "s": 16, "h": 16, "w": 16, "vocab_size": 262144, "hz": 30,
     "tokenizer_ckpt": "magvit2.ckpt", "num_images": \(frames)}
    """.write(toFile: folder.file("metadata.json"), atomically: true, encoding: .utf8)
  }

  @Test func aFolderOfRawTokensIsReadByItsMetadata() throws {
    let folder = try TemporaryFolder()
    try worldModel(in: folder)
    var found = try TokenFolder(folder.path, as: nil)
    #expect(found.notices.first?.contains("--bits 18") == true)
    let usage = try found.usage()
    #expect(usage.codebookSize == 262_144)
    #expect(usage.histograms[1]?.tokens == 60 * 256)
    #expect(usage.clips[1]?.clips == 3)
    var bits = try TokenFolder(
      folder.file("video.bin"), as: try format(bits: 18, order: .lsb))
    let judged = try bits.usage().diagnosis()
    #expect(judged.levels[0].bitStatistics?.shareOfOnes.count == 18)
    #expect(judged.alerts.allSatisfy { $0.severity == .info })
  }

  @Test func shardsAreReadTogether() throws {
    let folder = try TemporaryFolder()
    for shard in 0..<3 {
      try write(
        [Int32](repeating: Int32(shard), count: 1024), to: folder.file("video_\(shard).bin"))
    }
    try "{\"num_shards\": 3, \"token_dtype\": \"int32\"}".write(
      toFile: folder.file("metadata.json"), atomically: true, encoding: .utf8)
    var found = try TokenFolder(folder.path, as: try format(dimensions: [8, 8, 8, 5, 5, 5]))
    let usage = try found.usage()
    #expect(usage.histograms[1]?.counts == [0: 1024, 1: 1024, 2: 1024])
    #expect(usage.clips[1]?.clips == 3)
  }

  @Test func aFolderThatDoesNotFitIsOneLine() throws {
    let folder = try TemporaryFolder()
    try worldModel(in: folder, frames: 2)
    let small = try format(codes: 1000)
    let error = #expect(throws: CodeFileError.self) {
      var found = try TokenFolder(folder.path, as: small)
      _ = try found.usage()
    }
    #expect(error?.description.contains("is outside of a codebook of 1000") == true)
    try "[]".write(toFile: folder.file("metadata.json"), atomically: true, encoding: .utf8)
    #expect(throws: CodeFileError.self) { _ = try TokenFolder(folder.path, as: nil) }
    try FileManager.default.removeItem(atPath: folder.file("video.bin"))
    #expect(throws: CodeFileError.self) { _ = try TokenFolder(folder.path, as: small) }
  }
}
