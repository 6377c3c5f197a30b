import ArgumentParser
import Tensors
import TokenizerEngine
import VideoIO

enum Version {
  static let program = "0.1.0"
}

/// Answers `--version`: everything that a report of a fault should say.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pyratok --version")

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let model = try? loadCodec(common.model).summary
    guard json.isOn else { return try StandardOutput.writeLine(text(model)) }
    try StandardOutput.writeLine(
      JSONObject {
        $0.set("version", Version.program)
        $0.set("libraries", libraries)
        $0.set("processor", Machine.processor)
        $0.set("cpu_features", Machine.features)
        $0.set("model", model?.name)
        $0.set("model_sha256", model?.sha256)
        if model == nil { $0.set("model_note", "no model was found") }
      })
  }

  private var libraries: [String] {
    VideoLibraries.versions + [Machine.blas, Machine.convolutions] + CorpusIndex.versions
  }

  private func text(_ model: ModelSummary?) -> String {
    ([
      "pyratok \(Version.program)"
    ] + libraries + [
      "\(Machine.processor): \(Machine.features.joined(separator: " "))",
      model.map { "model \($0.name), sha256 \($0.sha256)" } ?? "no model was found",
    ]).joined(separator: "\n")
  }
}
