import Foundation
import Tensors

/// A JSON object whose fields keep the order in which they were set.
struct JSONObject {
  fileprivate var fields: [(name: String, value: Value)] = []

  mutating func set(_ name: String, _ value: String?) {
    fields.append((name, value.map(Value.string) ?? .null))
  }

  mutating func set(_ name: String, _ value: Int?) {
    fields.append((name, value.map(Value.integer) ?? .null))
  }

  mutating func set(_ name: String, _ value: Bool) { fields.append((name, .bool(value))) }

  /// A number that is none becomes null, with the reason in `NAME_note`.
  mutating func set(_ name: String, _ value: Double?, note: String? = nil) {
    guard let value else {
      fields.append((name, .null))
      if let note { fields.append(("\(name)_note", .string(note))) }
      return
    }
    fields.append((name, value.isFinite ? .number(value) : .null))
    if !value.isFinite {
      let kind = value.isNaN ? "not a number" : value > 0 ? "infinite" : "minus infinite"
      fields.append(("\(name)_note", .string(note ?? kind)))
    }
  }

  mutating func set(_ name: String, _ values: [Int]?) {
    fields.append((name, values.map { .array($0.map(Value.integer)) } ?? .null))
  }

  mutating func set(_ name: String, _ values: [Double]?) {
    let items = values.map { $0.map { $0.isFinite ? Value.number($0) : .null } }
    fields.append((name, items.map(Value.array) ?? .null))
  }

  mutating func set(_ name: String, _ values: [String]) {
    fields.append((name, .array(values.map(Value.string))))
  }

  mutating func set(_ name: String, _ value: JSONObject) { fields.append((name, .object(value))) }

  mutating func set(_ name: String, _ values: [JSONObject]) {
    fields.append((name, .array(values.map(Value.object))))
  }

  mutating func set(_ name: String, _ value: Value) { fields.append((name, value)) }

  init() {}

  init(_ build: (inout JSONObject) -> Void) { build(&self) }
}

extension JSONObject {
  /// Anything that stands in a JSON document.
  indirect enum Value {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([Value])
    case object(JSONObject)
    /// Text that is JSON already.
    case verbatim(String)

    /// Objects over several lines, lists of plain values on one.
    var text: String { text(indent: "") }

    private func text(indent: String) -> String {
      let inner = indent + "  "
      switch self {
      case .null: return "null"
      case .bool(let value): return value ? "true" : "false"
      case .integer(let value): return "\(value)"
      case .number(let value):
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      case .string(let value): return value.quotedForJSON
      case .verbatim(let text): return text.trimmingCharacters(in: .whitespacesAndNewlines)
      case .array(let values) where values.allSatisfy(\.isPlain):
        return "[" + values.map { $0.text(indent: "") }.joined(separator: ", ") + "]"
      case .array(let values):
        let items = values.map { inner + $0.text(indent: inner) }
        return "[\n" + items.joined(separator: ",\n") + "\n\(indent)]"
      case .object(let object):
        guard !object.fields.isEmpty else { return "{}" }
        let items = object.fields.map {
          "\(inner)\($0.name.quotedForJSON): \($0.value.text(indent: inner))"
        }
        return "{\n" + items.joined(separator: ",\n") + "\n\(indent)}"
      }
    }

    /// All on one line, as in .jsonl.
    var line: String {
      switch self {
      case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
      case .object(let object):
        "{"
          + object.fields.map { "\($0.name.quotedForJSON): \($0.value.line)" }
          .joined(separator: ", ") + "}"
      default: text
      }
    }

    /// True for what is no list of objects or lists.
    private var isPlain: Bool {
      switch self {
      case .object: false
      case .array(let values): values.allSatisfy(\.isScalar) && values.count <= 3
      default: true
      }
    }

    private var isScalar: Bool {
      switch self {
      case .object, .array: false
      default: true
      }
    }
  }
}
