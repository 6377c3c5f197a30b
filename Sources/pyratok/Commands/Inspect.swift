import ArgumentParser
import Foundation
import TokenizerEngine

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model is made of.", discussion: "Example: pyratok inspect models/nano")

  @Argument(help: "A model's folder (default: as --model).")
  var folder: String?

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    let model = try ModelInspection(folder ?? common.model)
    try json.isOn
      ? StandardOutput.writeLine(document(model)) : StandardOutput.writeLine(text(model))
  }

  private func document(_ model: ModelInspection) -> JSONObject {
    JSONObject {
      $0.set("path", model.folder)
      $0.set("architecture", model.architecture)
      $0.set("parameters", model.parameters)
      $0.set(
        "tensors",
        model.tensors.map { tensor in
          JSONObject {
            $0.set("name", tensor.name)
            $0.set("dtype", tensor.type)
            $0.set("shape", tensor.shape)
          }
        })
      $0.set("config", JSONObject.Value.verbatim(model.configuration))
      $0.set("bytes", model.bytes)
      $0.set("sha256", model.sha256)
    }
  }

  private func text(_ model: ModelInspection) -> String {
    var table = TextTable(["tensor", "type", "shape", "numbers"])
    for tensor in model.tensors {
      table.add([tensor.name, tensor.type, "\(tensor.shape)", "\(tensor.count)"])
    }
    return """
      folder        \(model.folder)
      architecture  \(model.architecture)
      parameters    \(model.parameters) in \(model.tensors.count) tensors, \(model.bytes) bytes
      sha256        \(model.sha256)

      \(model.configuration.trimmingCharacters(in: .whitespacesAndNewlines))

      \(table.text)
      """
  }
}
