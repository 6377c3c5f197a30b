import Foundation
import Testing

@testable import Workbench

/// Compares a screen with the text file of its name; with `PYRATOK_UPDATE_SCREENS=1` the file is
/// written instead.
func expectScreen(
  _ model: AppModel, named name: String, location: SourceLocation = #_sourceLocation
) throws {
  let screen = AppView(model: model, context: DrawingContext(theme: .dark)).screen()
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Screens")
  let file = folder.appendingPathComponent(name + ".txt")
  if ProcessInfo.processInfo.environment["PYRATOK_UPDATE_SCREENS"] == "1" {
    try Data(screen.text.utf8).write(to: file)
    return
  }
  guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
    Issue.record("There is no \(file.path).", sourceLocation: location)
    return
  }
  guard screen.text != expected else { return }
  let pairs = zip(
    screen.text.split(separator: "\n", omittingEmptySubsequences: false),
    expected.split(separator: "\n", omittingEmptySubsequences: false))
  let difference = pairs.enumerated().first { $0.element.0 != $0.element.1 }
  Issue.record(
    """
    The screen \(name) looks different from line \(difference?.offset ?? -1) on:
    is        \(difference?.element.0 ?? "")
    should be \(difference?.element.1 ?? "")
    """, sourceLocation: location)
}

/// Where the copies of the screens stay that the tests compare with.
let screenSizes = [
  Size(width: 80, height: 24), Size(width: 100, height: 30), Size(width: 200, height: 60),
  Size(width: 40, height: 12),
]
