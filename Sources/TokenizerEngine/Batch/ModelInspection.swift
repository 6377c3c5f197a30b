import Foundation
import Tensors

/// What stands in a model's folder.
package struct ModelInspection: Sendable {
  package struct NamedShape: Sendable {
    package let name: String
    package let type: String
    package let shape: [Int]
    package let count: Int
  }

  package let folder: String
  package let architecture: String
  /// The text of `config.json`, checked to be JSON.
  package let configuration: String
  /// In the order of their names.
  package let tensors: [NamedShape]
  /// The number of numbers.
  package let parameters: Int
  package let bytes: Int
  package let sha256: String

  /// `path` as in `--model`: a folder, the name of a bundled model, or nil for the default.
  package init(_ path: String?) throws {
    folder = try ModelLocation.find(path)
    // Loading it proves that every tensor fits the configuration.
    let summary = try loadCodec(folder).summary
    let text = try WholeFile.read(folder + "/config.json", limit: 1 << 20)
    configuration = String(decoding: text, as: UTF8.self)
    let fields = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
    architecture = fields?["architecture"] as? String ?? ""
    let file = try SafetensorsFile.read(folder + "/model.safetensors")
    tensors = file.tensors.sorted { $0.key < $1.key }.map { name, tensor in
      NamedShape(
        name: name, type: tensor.type.rawValue, shape: tensor.shape, count: tensor.count)
    }
    parameters = tensors.reduce(0) { $0 + $1.count }
    bytes = file.tensors.values.reduce(0) { $0 + $1.bytes.count }
    sha256 = summary.sha256
  }
}
