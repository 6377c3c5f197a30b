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

  static func explain(_ error: DecodingError) -> String {
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
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "its field “\(path(context))” has a value that is not known"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "its field “\(path(context))” has a value that is not known"
    default: return "it is not JSON"
    }
  }
}
