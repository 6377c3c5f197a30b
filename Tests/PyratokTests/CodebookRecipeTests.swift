import Foundation
import TestSupport
import Testing

private let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// The Python of the README, run as it stands there.
@Suite(.serialized, .enabled(if: python != nil, "needs python3"))
struct CodebookRecipeTests {
  private func recipe() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let start = try #require(readme.range(of: "```python\n"))
    let end = try #require(readme[start.upperBound...].range(of: "```"))
    return String(readme[start.upperBound..<end.lowerBound])
  }

  private func run(_ script: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", try recipe() + "\n" + script]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// Bit 2 of level 2 dies after four of ten windows.
  private func script(_ path: String, order: String) -> String {
    """
    import random
    random.seed(1)
    log = CodebookLog(\(String(reflecting: path)), bits=8, bit_order="\(order)")
    for window in range(10):
        for level, tokens in ((1, 200), (2, 100)):
            dead = \(order == "msb" ? "0x20" : "0x04") if level == 2 and window > 3 else 0
            log.add(level, [[random.randrange(256) & ~dead for _ in range(tokens)] for _ in range(8)])
        log.write(window * 100, leak=0.0)
    """
  }

  @Test func itHasFortyLinesAtMost() throws {
    #expect(try recipe().split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
  }

  @Test(arguments: ["msb", "lsb"])
  func whatItWritesIsDiagnosed(order: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("codebook.jsonl")
    try run(script(path, order: order))
    let result = try Program.run("codebook", path, "--json", "--fail-on", "warning")
    #expect(result.code == 2, "\(result.error)")
    let fields = try result.json()
    let alert = try #require((fields["alerts"] as? [[String: Any]])?.first)
    #expect(alert["id"] as? String == "DEAD_BIT")
    #expect(alert["level"] as? Int == 2)
    #expect((alert["text"] as? String)?.hasPrefix("bit 2 of 8") == true)
    let turns = try #require(fields["turns"] as? [[String: Any]])
    #expect(turns.count == 1 && turns.first?["window"] as? Int == 7)
    #expect(fields["windows"] as? Int == 10)
    let level = try #require((fields["levels"] as? [[String: Any]])?.last)
    #expect(level["tokens"] as? Int == 800)
    #expect((level["clips"] as? [String: Any])?["clips"] as? Int == 8)
  }

  @Test func watchFollowsIt() throws {
    let folder = try TemporaryFolder()
    try run(script(folder.file("codebook.jsonl"), order: "msb"))
    let result = try Program.run("watch", folder.path, "--once", "--json")
    #expect(result.code == 2, "\(result.error)")
    let alerts = try #require(try result.json()["alerts"] as? [[String: Any]])
    #expect(alerts.map { $0["id"] as? String } == ["DEAD_BIT"])
    #expect(try result.json()["step"] as? Int == 900)
  }
}
