import CTerminal
import Foundation
import Tensors
import TestSupport
import Testing

/// How fast and how frugal the whole program is on a terminal: measured and printed, and only what
/// does not depend on the machine's load is asserted.
@Suite(.serialized)
struct WorkbenchFigures {
  private func open(
    _ clip: String, model: String, width: Int = 80, height: Int = 24, log: String = ""
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(width: width, height: height)
    try terminal.start(
      Program.path, ["open", clip, "--model", model],
      environment: [
        "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
        "PYRATOK_FRAME_LOG": log,
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
    var random = RandomSource(seed: 1)
    var times: [Double] = []
    for round in 0..<300 {
      if round % 50 == 0 {
        // Escape closes the line; t starts the work again.
        if round > 0 {
          terminal.send("\u{1B}")
          #expect(terminal.wait { !$0.modes.contains(25) })
        }
        terminal.send("t:")
        #expect(terminal.wait { !$0.text.contains("Z") && $0.modes.contains(25) })
      }
      let pause = ct_monotonic() + 0.015 * random.uniform()
      terminal.wait(seconds: pause - ct_monotonic()) { _ in false }
      // No other text on the screen has the letter, so only its own frame shows one more.
      let letters = terminal.screen.text.count { $0 == "Z" }
      let sent = ct_monotonic()
      terminal.send("Z")
      #expect(
        terminal.wait(seconds: 5) { $0.text.count { $0 == "Z" } == letters + 1 },
        "no answer to key \(round)")
      times.append(ct_monotonic() - sent)
    }
    times.sort()
    print(
      "key to its whole answer: median \(milliseconds(times[150])), "
        + "99 % \(milliseconds(times[296])), slowest \(milliseconds(times[299]))")
    terminal.send("\u{1B}")
    #expect(terminal.wait { !$0.modes.contains(25) })
    quit(terminal)
  }

  /// Bytes, writes, and whether it was one of a playing clip, of each frame.
  private func frames(_ log: String) throws -> [(bytes: Int, writes: Int, isVideo: Bool)] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      return (Int(fields[0]) ?? -1, Int(fields[1]) ?? -1, fields[2] == "video")
    }
  }

  @Test func aVideoFrameIsOneWriteAndAtMost13KiB() throws {
    let place = try Workplace(frames: 49, size: 128)
    let log = place.folder.file("frames")
    let terminal = try open(clip(place), model: place.model.path, log: log)
    #expect(terminal.wait { $0.text.contains("frame 0") })
    terminal.send("\t\t\t")
    #expect(terminal.wait { $0.text.contains("original") })
    terminal.send(" ")
    let before = terminal.screen.frameCount
    #expect(terminal.wait(seconds: 60) { $0.frameCount > before + 40 })
    #expect(terminal.screen.unknown.isEmpty)
    quit(terminal)
    let all = try frames(log)
    let video = all.filter(\.isVideo)
    let bytes = video.map(\.bytes)
    print(
      "playing 80x24 in 256 colours: \(video.count) frames,",
      "\(bytes.reduce(0, +) / max(1, bytes.count)) bytes a frame, most \(bytes.max() ?? 0)")
    #expect(video.count > 4)
    // What is counted is what was sent, and nothing else wrote between.
    #expect(all.reduce(0) { $0 + $1.bytes } <= terminal.bytes.count)
    #expect(all.allSatisfy { $0.writes == 1 })
    #expect(bytes.allSatisfy { $0 <= 13 * 1_024 })
  }

  @Test func aSlowTerminalGetsLessAndIsToldSo() throws {
    let place = try Workplace(frames: 49, size: 128)
    let terminal = try open(clip(place), model: place.model.path)
    #expect(terminal.wait { $0.text.contains("frame 0") })
    // Round and round.
    terminal.send("a$a \t\t\t")
    var isSlow = false
    let end = ct_monotonic() + 40
    while !isSlow, ct_monotonic() < end {
      // About 5,000 bytes a second.
      terminal.read(milliseconds: 20, atMost: 100)
      terminal.pause(milliseconds: 20)
      isSlow = terminal.screen.text.contains("slow link")
    }
    #expect(isSlow)
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
    terminal.wait(seconds: 3) { _ in false }
    let after = usage(of: terminal.processID)
    print(
      "idle for 3 s: \(after.ticks - before.ticks) ticks of CPU, "
        + "\(after.switches - before.switches) wakeups of all threads")
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

  /// CPU ticks of the process, and how often its threads went to sleep.
  private func usage(of process: pid_t) -> (ticks: Int, switches: Int) {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let switches = threads.reduce(0) { sum, thread in
      let status =
        (try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
      return sum + (line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
    }
    return (ticks, switches)
  }
}
