import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.serialized)
struct CodebookCommandTests {
  private func array(_ codes: [UInt16], in folder: TemporaryFolder) throws -> String {
    let path = folder.file("codes-\(UUID().uuidString).npy")
    try NumpyFile(StoredTensor(codes, shape: [codes.count])).write(to: path)
    return path
  }

  @Test func aRandomCodebookIsHealthy() throws {
    let folder = try TemporaryFolder()
    var random = RandomSource(seed: 5)
    let codes = (0..<4000).map { _ in UInt16(random.integer(below: 65_536)) }
    let result = try Program.run(
      "codebook", try array(codes, in: folder), "--bits", "16", "--fail-on", "warning", "--json")
    #expect(result.code == 0, "\(result.error)")
    let level = try #require((try result.json()["levels"] as? [[String: Any]])?.first)
    #expect(level["tokens"] as? Int == 4000)
    #expect(abs((level["ceiling"] as? Double ?? 0) - 3881) < 2)
    #expect((level["bit_entropy"] as? [Double])?.count == 16)
    #expect((level["dead_bits"] as? [Int])?.isEmpty == true)
    let alerts = try #require(try result.json()["alerts"] as? [[String: Any]])
    #expect(alerts.map { $0["severity"] as? String } == ["info"])
  }

  @Test func aDeadBitExitsWithTwoWhereAskedFor() throws {
    let folder = try TemporaryFolder()
    let path = try array((0..<4000).map { UInt16($0 % 128) }, in: folder)
    let quiet = try Program.run("codebook", path, "--bits", "8", "--json")
    #expect(quiet.code == 0)
    let alert = try #require((try quiet.json()["alerts"] as? [[String: Any]])?.first)
    #expect(alert["id"] as? String == "DEAD_BIT")
    #expect(alert["level"] as? Int == 1)
    #expect((alert["remedy"] as? String)?.isEmpty == false)
    #expect(try Program.run("codebook", path, "--bits", "8", "--fail-on", "warning").code == 2)
    #expect(try Program.run("codebook", path, "--bits", "8", "--fail-on", "error").code == 0)
  }

  @Test func inputsAreCountedTogether() throws {
    let folder = try TemporaryFolder()
    let paths = [try array([1, 2, 3], in: folder), try array([3, 4], in: folder)]
    let result = try Program.run("codebook", paths[0], paths[1], "--codes", "100", "--json")
    let level = try #require((try result.json()["levels"] as? [[String: Any]])?.first)
    #expect(level["tokens"] as? Int == 5)
    #expect(level["used"] as? Int == 4)
    #expect(level["bit_entropy"] is NSNull)
    #expect(level["dead_bits"] is NSNull)
  }

  @Test func theHintAboutBitsComesOnce() throws {
    let folder = try TemporaryFolder()
    let paths = [try array([1, 2], in: folder), try array([3], in: folder)]
    let result = try Program.run("codebook", paths[0], paths[1], "--codes", "8")
    #expect(result.errorLines.count == 1)
    #expect(result.error.contains("--bits 3"))
  }

  @Test func anArrayWithoutASizeIsRefused() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run("codebook", try array([1], in: folder))
    #expect(result.code == 1)
    #expect(result.errorLines.count == 1)
    #expect(result.error.contains("--bits"))
  }

  @Test func clipsAndTokenFilesGiveTheSameNumbers() throws {
    let place = try Workplace()
    let tokens = place.folder.file("t.safetensors")
    _ = try Program.run("tokenize", place.clip, "-o", tokens, "--model", place.model.path)
    let fromClip = try Program.run(
      "codebook", place.clip, "--model", place.model.path, "--json")
    let fromTokens = try Program.run("codebook", tokens, "--json")
    #expect(fromClip.code == 0 && fromTokens.code == 0, "\(fromClip.error)\(fromTokens.error)")
    // The clip knows more: the values before the sign.
    let clip = try #require(try fromClip.json()["levels"] as? [[String: Any]])
    let dump = try #require(try fromTokens.json()["levels"] as? [[String: Any]])
    #expect(clip.count == 4 && dump.count == 4)
    for (clip, dump) in zip(clip, dump) {
      for (name, value) in dump where !(value is NSNull) {
        #expect(clip[name] as? NSObject == value as? NSObject, "\(name)")
      }
    }
  }
}
