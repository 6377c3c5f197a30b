import FoundationEssentials
import Glibc
import Layers
import Tensors
import Tokenization

/// Everything that a run needs to go on as if it had never stopped: a folder `step-N`.
///
/// The averaged weights lie in it as a model folder of their own (F16), ready for use; the exact
/// state is in `training.safetensors` (F32) and `state.json`.
struct TrainingCheckpoint {
  struct State: Codable, Equatable {
    var step: Int
    /// Updates that the optimizer has made, over all stages.
    var optimizerStep: Int
    /// Random state and data position.
    var feed: FeedPosition
    /// Of the present stage: losses of stages with other weights do not compare.
    var best: Best?
    /// Spent on steps so far.
    var seconds: Double

    struct Best: Codable, Equatable {
      var step: Int
      var loss: Double
    }

    enum CodingKeys: String, CodingKey {
      case step
      case optimizerStep = "optimizer_step"
      case feed
      case best
      case seconds
    }
  }

  var state: State
  /// weight.NAME, average.NAME, first.NAME and second.NAME of every parameter, and what the task
  /// remembers.
  var tensors: [String: StoredTensor]

  // MARK: Saving

  /// Writes the folder beside its place and renames it, so that it is there whole or not at all.
  ///
  /// - Parameter writeModel: puts the model's files into a folder.
  func save(in folder: RunFolder, writeModel: (String) throws -> Void) throws {
    let path = folder.checkpointPath(step: state.step)
    let partial = "\(folder.checkpointsPath)/.step-\(state.step).partial"
    try? FileManager.default.removeItem(atPath: partial)
    do {
      try FileManager.default.createDirectory(
        atPath: partial, withIntermediateDirectories: true)
      try writeModel(partial)
      try SafetensorsFile(metadata: ["format": "pyratok.training.1"], tensors: tensors)
        .write(to: partial + "/training.safetensors")
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try WholeFile.write([[UInt8](try encoder.encode(state))], to: partial + "/state.json")
      try? FileManager.default.removeItem(atPath: path)
      guard rename(partial, path) == 0 else {
        throw TrainingError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }

  /// Removes all checkpoints but the last three and the best.
  static func prune(in folder: RunFolder, best: Int?) {
    for step in folder.checkpointSteps().dropLast(3) where step != best {
      try? FileManager.default.removeItem(atPath: folder.checkpointPath(step: step))
    }
  }

  // MARK: Loading

  /// The newest checkpoint of a run; nil if it has none.
  static func newest(in folder: RunFolder) throws -> TrainingCheckpoint? {
    guard let step = folder.checkpointSteps().last else { return nil }
    let path = folder.checkpointPath(step: step)
    let bytes = try WholeFile.read(path + "/state.json", limit: 1 << 20)
    guard let state = try? JSONDecoder().decode(State.self, from: Data(bytes)), state.step == step
    else { throw TrainingError.badRun(path: path, reason: "its state.json cannot be read") }
    let file = try SafetensorsFile.read(path + "/training.safetensors")
    return TrainingCheckpoint(state: state, tensors: file.tensors)
  }

  /// The arrays of one kind in the order of the parameters.
  func arrays(_ kind: String, _ parameters: [NamedVariable], path: String) throws -> [Tensor] {
    try parameters.map { parameter in
      guard let tensor = tensors["\(kind).\(parameter.name)"]?.tensor,
        tensor.shape == parameter.variable.shape
      else {
        throw TrainingError.badRun(
          path: path, reason: "the checkpoint lacks \(kind).\(parameter.name) in its shape")
      }
      return tensor
    }
  }

  static func stored(
    _ kind: String, _ parameters: [NamedVariable], _ values: [Tensor]
  ) -> [(String, StoredTensor)] {
    zip(parameters, values).map { ("\(kind).\($0.name)", StoredTensor($1)) }
  }
}
