import CTerminal
import Foundation
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

  private func arguments(_ clip: String) -> [String] {
    ["open", clip] + (model.map { ["--model", $0] } ?? [])
  }

  private func bestTime(of arguments: [String]) throws -> Double {
    var best = Double.infinity
    for _ in 0..<5 { best = min(best, try ProbedTerminal(arguments).timeToEnd()) }
    return best
  }

  /// One start: keys while the model works, a moment of playback, then a second without a key.
  private func live(_ clip: String) throws -> [SpeedResult] {
    let terminal = try ProbedTerminal(arguments(clip))
    _ = terminal.timeToFirstFrame()
    let keys = (0..<100).map { terminal.responseTime(to: $0.isMultiple(of: 2) ? "." : ",") }
    // A key without an answer counts as the two seconds that it was waited for.
    let times = keys.map { $0 ?? 2000 }.sorted()
    terminal.drain(quietFor: 1.5, atMost: 120)
    let (bytes, frames) = terminal.traffic(after: " ", seconds: 2)
    _ = terminal.responseTime(to: " ")
    terminal.drain(quietFor: 1, atMost: 20)
    let idle = terminal.processorTime(overSeconds: 2)
    return [
      SpeedResult(
        name: "key to first byte, median, while tokenizing",
        milliseconds: times.isEmpty ? nil : times[times.count / 2]),
      SpeedResult(
        name: "key to first byte, 99th of 100", milliseconds: times.dropLast().last),
      SpeedResult(
        name: "bytes a frame, playing",
        count: (Double(bytes) / Double(max(1, frames)), "bytes")),
      SpeedResult(name: "processor, idle", count: (idle * 100, "%")),
    ]
  }
}
