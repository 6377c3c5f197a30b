import ArgumentParser
import Foundation
import TokenizerEngine

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model is made of.", discussion: "Example: pyratok inspect models/nano")

  @Argument(help: "A model's folder (default: as --model).")
  var folder: String?

  @Flag(help: "List every tensor.")
  var tensors = false

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    if let folder { try KnownFile.checkModel(folder) }
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
    let summary = """
      folder         \(model.folder)
      architecture   \(model.architecture)
      parameters     \(model.parameters) in \(model.tensors.count) tensors, \(model.bytes) bytes
      sha256         \(model.sha256)
      configuration  \(configuration(model).joined(separator: "\n               "))

      \(parts(model))
      """
    return tensors
      ? summary + "\n\n" + list(model) : summary + "\n--tensors lists every tensor."
  }

  /// What the first words of the tensors' names call the parts of the model.
  private func parts(_ model: ModelInspection) -> String {
    let groups = Dictionary(grouping: model.tensors) { $0.name.prefix { $0 != "." } }
    var table = TextTable(["part", "tensors", "parameters", "share"])
    for (name, tensors) in groups.sorted(by: { $0.key < $1.key }) {
      let count = tensors.reduce(0) { $0 + $1.count }
      let share = Double(count) / Double(max(1, model.parameters))
      table.add([String(name), "\(tensors.count)", "\(count)", fixed(share * 100, 1) + " %"])
    }
    return table.text
  }

  private func list(_ model: ModelInspection) -> String {
    var table = TextTable(["tensor", "type", "shape", "numbers"])
    for tensor in model.tensors {
      table.add([tensor.name, tensor.type, "\(tensor.shape)", "\(tensor.count)"])
    }
    return table.text
  }

  /// The fields in their order, several on a line of 80 letters.
  private func configuration(_ model: ModelInspection) -> [String] {
    var lines = [""]
    for field in fields(of: model.configuration) {
      let last = lines[lines.count - 1]
      if last.isEmpty || last.count + field.count + 2 <= 80 {
        lines[lines.count - 1] = last.isEmpty ? field : last + ", " + field
      } else {
        lines[lines.count - 1] += ","
        lines.append(field)
      }
    }
    return lines
  }

  /// The outermost fields of a JSON object, without space that means nothing.
  private func fields(of object: String) -> [String] {
    var fields = [""]
    var (depth, isQuoted, isEscaped) = (0, false, false)
    for letter in object {
      let isPlain = !isQuoted
      if letter == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && letter == "\\" && !isEscaped
      if isPlain, letter.isWhitespace { continue }
      if isPlain, letter == "{" || letter == "[" { depth += 1 }
      if isPlain, letter == "}" || letter == "]" { depth -= 1 }
      if isPlain, letter == ",", depth == 1 {
        fields.append("")
      } else if !(isPlain && (letter == "{" && depth == 1 || letter == "}" && depth == 0)) {
        fields[fields.count - 1].append(letter)
        if isPlain, letter == "," || letter == ":" { fields[fields.count - 1].append(" ") }
      }
    }
    return fields.filter { !$0.isEmpty }
  }
}
