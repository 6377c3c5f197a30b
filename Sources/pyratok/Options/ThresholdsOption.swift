import ArgumentParser
import Tokenization

/// What alerts are judged by, on the screens and in what is printed.
struct ThresholdsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A JSON file of thresholds for alerts, such as {\"dead_share\": 0.05}.", valueName: "file"))
  var thresholds: String?

  func read() throws -> AlertThresholds {
    try thresholds.map { try AlertThresholds(path: $0) } ?? AlertThresholds()
  }
}
