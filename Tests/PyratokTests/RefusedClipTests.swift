import Foundation
import TestSupport
import Testing

/// Clips that nobody can open, in scripts and in the workbench.
@Suite(.serialized)
struct RefusedClipTests {
  private static let playlists = [
    ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mkv\n#EXT-X-ENDLIST\n"),
    ("list.ffconcat", "ffconcat version 1.0\nfile 'clip.mkv'\n"),
    ("list.mp4", "ffconcat version 1.0\nfile '/etc/passwd'\n"),
  ]

  @Test(arguments: playlists)
  func listsOfOtherFilesAreRefused(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel()
    try MadeClip.write(MadeClip.frames(3, width: 32, height: 32), to: folder.file("clip.mkv"))
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
    for command in [["snapshot", "clip"], ["evaluate", "reconstruction"], ["codebook"]] {
      let result = try Program.start(command + [folder.file(name), "--model", model.path]).wait()
      #expect(result.code == 1)
      #expect(result.errorLines.count == 1, "\(result.error)")
      #expect(result.error.contains(name))
      #expect(result.output.isEmpty)
    }
  }

  @Test func theWorkbenchEndsWithOneLineWhenItsClipNeverOpened() throws {
    let model = try TinyModel()
    let folder = try TemporaryFolder()
    let clip = folder.file("broken.mp4")
    try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: clip))
    let terminal = try PseudoTerminal(width: 100, height: 30)
    let before = terminal.settings
    try terminal.start(
      Program.path, ["open", clip, "--model", model.path],
      environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"])
    #expect(terminal.wait { $0.text.contains("broken.mp4") && $0.text.contains("cannot") })
    terminal.forgetBytes()
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 1)
    #expect(terminal.settings == before)
    #expect(terminal.screen.isRestored)
    let words = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(words.components(separatedBy: "pyratok: ").count == 2, "\(words)")
    let line = words.components(separatedBy: "pyratok: ").last ?? ""
    #expect(line.contains("broken.mp4") && line.hasSuffix("\r\n"))
    #expect(line.count(where: \.isNewline) == 1)
  }

  @Test func everyCommandTellsOfFramesThatCouldNotBeDecoded() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel()
    let clip = folder.file("damaged.mp4")
    try MadeClip.write(MadeClip.frames(17, width: 64, height: 64), to: clip)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
    // A third of the pictures; the index behind them stays whole.
    let start = try #require(bytes.range(of: Data("mdat".utf8))).upperBound
    let end = try #require(bytes.range(of: Data("moov".utf8))).lowerBound
    let (middle, length) = ((start + end) / 2, (end - start) / 3)
    bytes.replaceSubrange(middle..<middle + length, with: Data(repeating: 0xFF, count: length))
    try bytes.write(to: URL(fileURLWithPath: clip))
    let tail = ["--model", model.path, "--size", "native"]
    let commands = [
      ["tokenize", clip, "-o", folder.file("t.safetensors")],
      ["evaluate", "reconstruction", clip], ["codebook", clip],
    ]
    for command in commands {
      let result = try Program.start(command + tail).wait()
      #expect(result.code == 0, "\(result.error)")
      #expect(!result.errorLines.isEmpty, "\(command)")
      #expect(result.errorLines.allSatisfy { $0.hasPrefix("pyratok: \(clip): ") })
      let document = try Program.start(command + tail + ["--json", "--quiet"]).wait()
      #expect(document.error.isEmpty)
      let fields = try document.json()
      let notices = fields["notices"] ?? (fields["clips"] as? [[String: Any]])?.first?["notices"]
      #expect((notices as? [Any])?.count == result.errorLines.count, "\(document.output)")
    }
    let screen = try Program.run(
      "snapshot", "tokens", clip, "--model", model.path, "--clip-size", "native")
    #expect(screen.code == 0)
    #expect(screen.errorLines.first?.hasPrefix("pyratok: \(clip): ") == true)
    let printed = try Program.run(clip, "--model", model.path, "--size", "native")
    #expect(printed.code == 0 && printed.error == screen.error)
  }
}
