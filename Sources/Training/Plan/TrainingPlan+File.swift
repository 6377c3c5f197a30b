import FoundationEssentials
import Tensors
import Tokenization

extension TrainingPlan {
  /// Reads a plan; throws `TrainingError.badPlan` with one line for whatever is wrong with it.
  package init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, limit: 1 << 20)
    } catch {
      throw TrainingError.badPlan(path: path, reason: "it cannot be read")
    }
    try self.init(json: bytes, path: path)
  }

  package init(json: [UInt8], path: String) throws {
    do {
      let fields = try JSONDecoder().decode(JSONValue.self, from: Data(json))
      if let unknown = PlanFields.plan.firstUnknownField(in: fields) {
        throw TrainingError.badPlan(path: path, reason: unknown)
      }
      self = try JSONDecoder().decode(Self.self, from: Data(json))
    } catch let error as DecodingError {
      throw TrainingError.badPlan(path: path, reason: Self.explain(error))
    }
    if let problem { throw TrainingError.badPlan(path: path, reason: problem) }
  }

  /// The text of the plan with every field, keys sorted.
  package func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// The first field that has another value in `other`, as a path such as `stages.0.steps`.
  package func firstDifference(to other: TrainingPlan) throws -> String? {
    let own = try JSONDecoder().decode(JSONValue.self, from: Data(json()))
    let theirs = try JSONDecoder().decode(JSONValue.self, from: Data(other.json()))
    return own.firstDifference(to: theirs)
  }

  private static func explain(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        .joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      let place = path(context)
      return "it lacks the field “\(place.isEmpty ? "" : place + ".")\(key.stringValue)”"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "its field “\(path(context))” has the wrong type"
    default: return "it is not JSON"
    }
  }

  // MARK: What cannot work

  /// What makes the plan impossible, or nil.
  private var problem: String? {
    guard format == Self.currentFormat else {
      return "its format is “\(format)”, and only “\(Self.currentFormat)” is known"
    }
    if let problem = model.problem { return "in model, \(problem)" }
    guard !stages.isEmpty else { return "it has no stages" }
    guard checkpoint.every > 0, validation.every > 0, validation.clips > 0 else {
      return "the steps between checkpoints and validations and the clips must be at least 1"
    }
    if let clips = data.clips, clips < 1 { return "data.clips must be at least 1" }
    if let problem = shapeProblem(frames: validation.frames, size: validation.size) {
      return "in validation, \(problem)"
    }
    for (index, stage) in stages.enumerated() {
      if let problem = self.problem(in: stage) { return "in stages.\(index), \(problem)" }
    }
    return nil
  }

  private func problem(in stage: StagePlan) -> String? {
    guard stage.steps > 0 else { return "steps must be at least 1" }
    guard !stage.batch.isEmpty, stage.batch.contains(where: { $0.share > 0 }) else {
      return "batch needs a shape with a share above 0"
    }
    for batch in stage.batch {
      guard batch.clips > 0, batch.share >= 0, batch.share.isFinite else {
        return "a batch needs at least 1 clip and a share that is not negative"
      }
      if let problem = shapeProblem(frames: batch.frames, size: batch.size) { return problem }
    }
    let terms = stage.losses.merging(stage.finalLosses ?? [:]) { max($0, $1) }
    guard !stage.losses.isEmpty, terms.values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      return "losses needs terms with weights that are not negative"
    }
    guard (0...1).contains(stage.captionDropout) else { return "caption_dropout is not in 0…1" }
    let optimizer = stage.optimizer
    guard optimizer.learningRate > 0, optimizer.learningRate.isFinite, optimizer.clipNorm > 0,
      (0..<1).contains(optimizer.beta1), (0..<1).contains(optimizer.beta2),
      (0..<1).contains(optimizer.averageDecay), (0...1).contains(optimizer.floor)
    else {
      return "a number of the optimizer is out of its range"
    }
    return nil
  }

  private func shapeProblem(frames: Int, size: Int) -> String? {
    let coarsest = model.geometry.coarsest
    guard frames > 0, (frames - 1).isMultiple(of: coarsest[0]) else {
      return "\(frames) frames are not 1 more than a multiple of \(coarsest[0])"
    }
    guard size > 0, size.isMultiple(of: coarsest[1]), size.isMultiple(of: coarsest[2]) else {
      return "the size \(size) is not a multiple of \(max(coarsest[1], coarsest[2]))"
    }
    return nil
  }
}
