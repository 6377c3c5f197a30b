import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.serialized)
struct CodebookWindowsTests {
  private func array(_ codes: [UInt16], shape: [Int]? = nil, in folder: TemporaryFolder) throws
    -> String
  {
    let path = folder.file("codes-\(UUID().uuidString).npy")
    try NumpyFile(StoredTensor(codes, shape: shape ?? [codes.count])).write(to: path)
    return path
  }

  private func random(_ count: Int, below limit: Int, seed: UInt64) -> [UInt16] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in UInt16(random.integer(below: limit)) }
  }

  @Test func alertsRiseOverWindows() throws {
    let folder = try TemporaryFolder()
    let paths = try (0..<6).map { window in
      try array(
        random(2000, below: 256, seed: UInt64(window)).map { window < 2 ? $0 : $0 & 0xf7 },
        in: folder)
    }
    let flags = ["--bits", "8", "--windows", "--fail-on", "warning"]
    let early = try Program.start(["codebook"] + paths.prefix(4) + flags).wait()
    #expect(early.code == 0 && early.output.contains("no alert rose in 4 windows"))
    let late = try Program.start(["codebook"] + paths + flags).wait()
    #expect(late.code == 2)
    #expect(late.output.contains("window 5 of 6: DEAD_BIT level 1 rises"))
    #expect(late.output.contains("bit 4 of 8 nearly never changes"))
  }

  @Test func thresholdsComeFromAFile() throws {
    let folder = try TemporaryFolder()
    let path = try array(random(2000, below: 256, seed: 1).map { $0 & 0xf7 }, in: folder)
    let thresholds = folder.file("t.json")
    try "{\"dead_share\": 0}".write(toFile: thresholds, atomically: true, encoding: .utf8)
    let lenient = try Program.run(
      "codebook", path, "--bits", "8", "--thresholds", thresholds, "--fail-on", "warning")
    #expect(lenient.code == 0, "\(lenient.output)")
    try "{\"ded_share\": 0}".write(toFile: thresholds, atomically: true, encoding: .utf8)
    let wrong = try Program.run("codebook", path, "--bits", "8", "--thresholds", thresholds)
    #expect(wrong.code == 1 && wrong.errorLines.count == 1)
    #expect(wrong.error.contains("did you mean “dead_share”?"))
  }

  @Test func finiteScalarsShowTheirDimensions() throws {
    let folder = try TemporaryFolder()
    let path = try array(random(3000, below: 1000, seed: 2), in: folder)
    let result = try Program.run("codebook", path, "--levels", "8,5,5,5", "--json")
    let level = try #require((try result.json()["levels"] as? [[String: Any]])?.first)
    let dimensions = try #require(level["dimensions"] as? [[String: Any]])
    #expect(dimensions.map { ($0["shares"] as? [Double])?.count } == [8, 5, 5, 5])
    #expect(dimensions.allSatisfy { ($0["evenness"] as? Double ?? 0) > 0.99 })
    #expect(level["bit_entropy"] is NSNull)
    for flags in [["--levels", "8,x"], ["--levels", "8"], ["--levels", "8,5", "--bits", "3"]] {
      #expect(try Program.start(["codebook", path] + flags).wait().code == 64)
    }
  }

  @Test func valuesBeforeTheSignTellSaturation() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("z.npy")
    var random = RandomSource(seed: 3)
    let z = (0..<8000).map { _ in Float(random.normal() < 0 ? -1 : 1) }
    try NumpyFile(StoredTensor(z, shape: [1000, 8])).write(to: path)
    let result = try Program.run(
      "codebook", path, "--bits", "8", "--slope", "400", "--fail-on", "warning")
    #expect(result.code == 2)
    #expect(result.output.contains("SATURATED"))
    #expect(result.output.contains("the entropy term reaches 0.000 of 8000 values"))
    #expect(try Program.run("codebook", path, "--slope", "4").code == 64)
    #expect(try Program.run("codebook", path, "--bits", "8", "--slope", "-4").code == 64)
  }

  @Test func everyFigureSaysHowItWasEstimated() throws {
    let folder = try TemporaryFolder()
    let path = try array(random(200, below: 256, seed: 4).map { $0 & 0xfe }, in: folder)
    let result = try Program.run("codebook", path, "--bits", "8", "--json")
    let fields = try result.json()
    let estimators = try #require(fields["estimators"] as? [String: String])
    let level = try #require((fields["levels"] as? [[String: Any]])?.first)
    #expect(estimators.keys.allSatisfy { level[$0] != nil })
    let alerts = try #require(fields["alerts"] as? [[String: Any]])
    #expect((alerts.first?["basis"] as? String)?.contains("over 200 tokens") == true)
  }

  @Test func aFolderOfRawTokensIsAnInput() throws {
    let folder = try TemporaryFolder()
    var random = RandomSource(seed: 5)
    let codes = (0..<16 * 256).map { _ in UInt32(random.integer(below: 1 << 18)) }
    try Data(codes.withUnsafeBytes { [UInt8]($0) })
      .write(to: URL(fileURLWithPath: folder.file("video.bin")))
    try "{\"token_dtype\": \"uint32\", \"s\": 16, \"vocab_size\": 262144}".write(
      toFile: folder.file("metadata.json"), atomically: true, encoding: .utf8)
    let result = try Program.run("codebook", folder.path, "--json", "--fail-on", "warning")
    #expect(result.code == 0, "\(result.error)")
    let level = try #require((try result.json()["levels"] as? [[String: Any]])?.first)
    #expect(level["tokens"] as? Int == 4096 && level["codes"] as? Int == 262_144)
  }

  @Test func theSelfTestTakesNoInputs() throws {
    #expect(try Program.run("codebook", "a.npy", "--self-test").code == 64)
    #expect(try Program.run("codebook").code == 64)
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil,
      "set PYRATOK_ALL_TESTS for slow tests"))
  func theSelfTestHolds() throws {
    let result = try Program.run("codebook", "--self-test", "--json")
    #expect(result.code == 0, "\(result.output)")
    #expect(try result.json()["holds"] as? Bool == true)
  }
}
