import Foundation
import Tensors
import TokenizerEngine
import Training

/// Runs the workbench on a terminal of its own and measures what a person would feel.
struct WorkbenchProbe {
  /// An argument that makes the program end at once.
  static let doNothing = "--do-nothing"

  let model: String?

  /// 80x24 in 256 colours, on a procedural clip.
  func results() throws -> [SpeedResult] {
    let folder = NSTemporaryDirectory() + "/pyratok-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let maker = SampleMaker(seed: 1, count: 1, frames: 97, size: 128)
    guard let clip = try maker.write(to: folder).first else { return [] }
    let loading = try bestTime(of: [WorkbenchProbe.doNothing])
    var firsts: [Double] = []
    for _ in 0..<5 {
      let terminal = try ProbedTerminal(arguments(clip.path))
      firsts.append(terminal.timeToFirstFrame() ?? .nan)
    }
    let first = firsts.filter(\.isFinite).min()
    return [
      SpeedResult(name: "start, before the program's first line", milliseconds: loading),
      SpeedResult(name: "start to the first whole screen", milliseconds: first),
    ] + (try live(clip.path))
  }

  func arguments(_ clip: String) -> [String] {
    ["open", clip] + (model.map { ["--model", $0] } ?? [])
  }

  private func bestTime(of arguments: [String]) throws -> Double {
    var best = Double.infinity
    for _ in 0..<5 { best = min(best, try ProbedTerminal(arguments).timeToEnd()) }
    return best
  }

  /// One start: keys while the model works, a moment of playback, then ten seconds without a key.
  private func live(_ clip: String) throws -> [SpeedResult] {
    let log = clip + ".frames"
    let terminal = try ProbedTerminal(
      arguments(clip), environment: ["PYRATOK_FRAME_LOG": log])
    _ = terminal.timeToFirstFrame()
    let answers = answers(of: terminal, while: "tokenizing", opening: "t:")
    terminal.drain(quietFor: 1.5, atMost: 120)
    terminal.press("\u{1B}", thenReadFor: 0.5)
    // The original alone, as large as it gets.
    terminal.press("\t\t\t ", thenReadFor: 5)
    terminal.press(" ", thenReadFor: 0)
    terminal.drain(quietFor: 1, atMost: 20)
    // Notices go after four seconds.
    terminal.press("", thenReadFor: 5)
    let idle = terminal.activity(overSeconds: 10)
    terminal.end()
    return answers + videoFrames(in: log) + [
      SpeedResult(name: "processor, idle for 10 s", count: (idle.processor * 100, "%")),
      SpeedResult(name: "wakeups, idle for 10 s", count: (Double(idle.wakeups), "of all threads")),
    ]
  }

  /// Letters typed after ":" at uneven times while something works; `opening` starts it again, where
  /// it has to be, and opens the line.
  ///
  /// Only the frame that shows the letter is its answer: progress is drawn meanwhile.
  func answers(
    of terminal: ProbedTerminal, while work: String, opening: String
  ) -> [SpeedResult] {
    let count = 320
    var random = RandomSource(seed: 1)
    var times: [Double] = []
    let waited = terminal.mainThreadWait
    for index in 0..<count {
      if index % 40 == 0 {
        // Escape closes the line.
        if index > 0 { terminal.press("\u{1B}", thenReadFor: 0.5) }
        terminal.press(opening, thenReadFor: 0.3)
      }
      terminal.press("", thenReadFor: 0.003 + 0.03 * random.uniform())
      // Letters that no other text on the screen has; without an answer two seconds are counted.
      times.append(terminal.answerTime(to: ["Z", "Q", "J", "W"][index % 4]) ?? 2000)
    }
    let wait = (terminal.mainThreadWait - waited) / Double(count)
    times.sort()
    return [
      SpeedResult(
        name: "key to its answer while \(work), median of \(count)",
        milliseconds: times[count / 2]),
      SpeedResult(name: "the same, 99 %", milliseconds: times[count * 99 / 100 - 1]),
      SpeedResult(name: "the same, slowest", milliseconds: times[count - 1]),
      SpeedResult(name: "of it waiting for a processor, mean", milliseconds: wait),
    ]
  }

  /// What the program noted of the frames of the playing clip.
  private func videoFrames(in log: String) -> [SpeedResult] {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    var bytes: [Int] = []
    var writes: [Int] = []
    for line in text.split(separator: "\n") where line.hasSuffix("video") {
      let fields = line.split(separator: " ").prefix(2).compactMap { Int($0) }
      guard fields.count == 2 else { continue }
      bytes.append(fields[0])
      writes.append(fields[1])
    }
    guard !bytes.isEmpty else { return [] }
    let mean = Double(bytes.reduce(0, +)) / Double(bytes.count)
    return [
      SpeedResult(name: "frames drawn in 5 s of playing", count: (Double(bytes.count), "")),
      SpeedResult(name: "bytes a frame, mean", count: (mean, "bytes")),
      SpeedResult(name: "bytes a frame, most", count: (Double(bytes.max() ?? 0), "bytes")),
      SpeedResult(name: "writes a frame, most", count: (Double(writes.max() ?? 0), "")),
    ]
  }
}
