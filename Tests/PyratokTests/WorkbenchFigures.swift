import CTerminal
import Foundation
import TestSupport
import Testing

/// How fast and how frugal the whole program is on a terminal: measured and printed, and only what
/// does not depend on the machine's load is asserted.
@Suite(.serialized)
struct WorkbenchFigures {
  private func open(_ clip: String, model: String, width: Int = 80, height: Int = 24) throws
    -> PseudoTerminal
  {
    let terminal = try PseudoTerminal(width: width, height: height)
    try terminal.start(
      Program.path, ["open", clip, "--model", model],
      environment: [
        "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
      ])
    return terminal
  }

  /// A natural clip where there is one, else one of ours.
  private func clip(_ place: Workplace) -> String {
    SharedFolder.path.map { $0 + "/data/clips/juggle_720p_h264.mp4" } ?? place.clip
  }

  private func quit(_ terminal: PseudoTerminal) {
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func theFirstScreenComesBeforeClipAndModel() throws {
    let place = try Workplace()
    let start = ct_monotonic()
    _ = try Program.run("--help")
    let loading = ct_monotonic() - start
    let opened = ct_monotonic()
    let terminal = try open(clip(place), model: place.model.path)
    #expect(terminal.wait { $0.frameCount > 0 })
    let first = ct_monotonic() - opened
    print(
      "first screen \(milliseconds(first)), loading and --help \(milliseconds(loading)), "
        + "\(terminal.bytes.count) bytes")
    #expect(terminal.bytes.count < 6 * 1_024)
    #expect(terminal.wait { $0.text.contains("frame 0") })
    print("with its picture after \(milliseconds(ct_monotonic() - opened))")
    quit(terminal)
  }

  @Test func keysAreAnsweredWhileTheModelWorks() throws {
    let place = try Workplace()
    let terminal = try open(clip(place), model: place.model.path)
    #expect(terminal.wait { $0.text.contains("frame 0") })
    var times: [Double] = []
    for round in 0..<60 {
      // Whatever the engine still says is read first.
      while terminal.read(milliseconds: 5) {}
      let sent = ct_monotonic()
      terminal.send(round % 20 < 10 ? "." : ",")
      #expect(terminal.read(milliseconds: 2_000), "no answer to key \(round)")
      times.append(ct_monotonic() - sent)
    }
    times.sort()
    print(
      "key to first byte: median \(milliseconds(times[30])), 98 % \(milliseconds(times[58]))")
    quit(terminal)
  }

  @Test func playingWritesOneFrameAtOnceAndLittle() throws {
    let place = try Workplace()
    let terminal = try open(clip(place), model: place.model.path)
    #expect(terminal.wait { $0.text.contains("frame 0") })
    terminal.send("\t\t\t")
    #expect(terminal.wait { $0.text.contains("original") })
    terminal.send(" ")
    let frames = terminal.screen.frameCount
    terminal.forgetBytes()
    terminal.wait(seconds: 2) { _ in false }
    let drawn = terminal.screen.frameCount - frames
    let bytes = Double(terminal.bytes.count) / Double(max(1, drawn))
    print(
      "playing 80x24 in 256 colours: \(drawn / 2) frames/s, \(Int(bytes)) bytes a frame")
    #expect(drawn > 4)
    #expect(terminal.screen.unknown.isEmpty)
    quit(terminal)
  }

  @Test func nothingWakesAProgramThatShowsAStill() throws {
    let place = try Workplace()
    let terminal = try open(place.clip, model: place.model.path)
    #expect(terminal.wait { $0.text.contains("PSNR") && $0.text.contains("100 %") })
    // Notices go after four seconds; then nothing is left to do.
    terminal.wait(seconds: 5) { _ in false }
    terminal.forgetBytes()
    let before = usage(of: terminal.processID)
    terminal.wait(seconds: 2) { _ in false }
    let after = usage(of: terminal.processID)
    print(
      "idle for 2 s: \(after.ticks - before.ticks) ticks of CPU, "
        + "\(after.switches - before.switches) wakeups of the main thread")
    #expect(after.switches - before.switches <= 1)
    #expect(terminal.bytes.isEmpty)
    quit(terminal)
  }

  @Test func aNewSizeIsDrawnWhole() throws {
    let place = try Workplace()
    let terminal = try open(place.clip, model: place.model.path)
    #expect(terminal.wait { $0.text.contains("PSNR") })
    for (width, height) in [(200, 60), (40, 12), (1, 1), (120, 33), (80, 24)] {
      terminal.resize(width: width, height: height)
      let asked = ct_monotonic()
      let frames = terminal.screen.frameCount
      #expect(terminal.wait { $0.frameCount > frames })
      print("resize to \(width)x\(height): \(milliseconds(ct_monotonic() - asked))")
    }
    #expect(terminal.wait { $0.row(0).contains("Tokens") && $0.row(23).contains("help") })
    quit(terminal)
  }

  private func milliseconds(_ seconds: Double) -> String {
    "\((seconds * 10_000).rounded() / 10) ms"
  }

  /// CPU ticks of the process, and how often its main thread went to sleep.
  private func usage(of process: pid_t) -> (ticks: Int, switches: Int) {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    let status =
      (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/status", encoding: .utf8))
      ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
    let switches = line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last.flatMap { Int($0) }
    return (ticks, switches ?? 0)
  }
}
