import Foundation
import TokenizerEngine
import Training

extension WorkbenchProbe {
  /// Keys on the Generate screen while parts of a clip are made anew from a sentence, four seeds a
  /// time.
  func whileRegenerating() throws -> [SpeedResult] {
    let folder = NSTemporaryDirectory() + "/pyratok-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let maker = SampleMaker(seed: 1, count: 1, frames: 17, size: 128)
    guard let clip = try maker.write(to: folder).first else { return [] }
    let terminal = try ProbedTerminal(arguments(clip.path))
    guard terminal.timeToFirstFrame() != nil else { return [] }
    terminal.press("5", thenReadFor: 0.3)
    terminal.press("ra blue square stays\r", thenReadFor: 2)
    let answers = answers(of: terminal, while: "regenerating", opening: "G:")
    // That there was something to compete with.
    terminal.press("\u{1B}", thenReadFor: 0.5)
    terminal.press("G", thenReadFor: 0.2)
    let meanwhile = terminal.activity(overSeconds: 2).processor
    terminal.end()
    return answers + [SpeedResult(name: "processors at work meanwhile", count: (meanwhile, ""))]
  }
}
