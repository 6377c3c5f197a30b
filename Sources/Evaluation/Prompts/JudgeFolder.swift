import FoundationEssentials
import Layers
import Tensors
import Tokenization

/// The classes that a judge tells apart; written as `config.json`.
package struct JudgeConfiguration: Sendable, Equatable, Codable {
  package static let currentFormat = "pyratok.judge.1"

  package var format = Self.currentFormat
  package var colours: [String]
  package var shapes: [String]
  package var motions: [String]

  package init(colours: [String], shapes: [String], motions: [String]) {
    self.colours = colours
    self.shapes = shapes
    self.motions = motions
  }

  /// None of the tone, which no network tells.
  package func classes(of aspect: PromptAspect) -> [String] {
    switch aspect {
    case .colour: colours
    case .shape: shapes
    case .motion: motions
    case .presence: PromptAspect.presences
    case .tone: []
    }
  }
}

extension PromptJudge {
  /// Loads a judge's folder; throws one line for whatever is missing or wrong.
  package static func read(_ directory: String) throws -> (judge: PromptJudge, sha256: String) {
    let path = directory + "/config.json"
    func fault(_ reason: String) -> TokenizationError {
      .badModel(path: directory, reason: reason)
    }
    let json = try WholeFile.read(path, limit: 1 << 20)
    guard
      let configuration = try? JSONDecoder().decode(
        JudgeConfiguration.self, from: Data(json)),
      configuration.format == JudgeConfiguration.currentFormat
    else { throw fault("its config.json is not that of a judge of prompts") }
    let lists = [configuration.colours, configuration.shapes, configuration.motions]
    guard lists.allSatisfy({ (2...1_000).contains($0.count) && Set($0).count == $0.count }) else {
      throw fault("its config.json lists no classes, or one of them twice")
    }
    let tensors = try SafetensorsFile.read(directory + "/model.safetensors").tensors
    var random = RandomSource.none
    let judge = PromptJudge(configuration, random: &random)
    for (name, variable) in judge.parameters {
      guard let stored = tensors[name] else { throw fault("it lacks “\(name)”") }
      guard stored.shape == variable.shape, let tensor = stored.tensor, !stored.hasNonFinite else {
        throw fault("“\(name)” is no array \(variable.shape) of finite numbers")
      }
      variable.value = tensor
      variable.freeze()
    }
    return (judge, ModelFolder.sha256(of: tensors))
  }

  /// Replaces both files in an existing folder; weights are rounded to F16.
  package func write(to directory: String) throws {
    let tensors = Dictionary(
      uniqueKeysWithValues: parameters.map {
        ($0.name, StoredTensor($0.variable.value, as: .float16))
      })
    try SafetensorsFile(metadata: ["format": JudgeConfiguration.currentFormat], tensors: tensors)
      .write(to: directory + "/model.safetensors")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let json = [UInt8](try encoder.encode(configuration)) + [UInt8(ascii: "\n")]
    try WholeFile.write([json], to: directory + "/config.json")
  }
}
