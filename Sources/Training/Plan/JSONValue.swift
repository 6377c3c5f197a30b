import FoundationEssentials

/// Any JSON document, for looking at fields before their meaning is known.
enum JSONValue: Codable, Equatable {
  case null
  case flag(Bool)
  case whole(Int64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? value.decode(Int64.self) {
      self = .whole(whole)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .flag(let flag): try value.encode(flag)
    case .whole(let whole): try value.encode(whole)
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .object(let fields): try value.encode(fields)
    }
  }

  /// The path of the first field, in the order of names, that differs; nil if none does.
  func firstDifference(to other: JSONValue) -> String? {
    switch (self, other) {
    case (.object(let own), .object(let theirs)):
      for name in Set(own.keys).union(theirs.keys).sorted() {
        let (left, right) = (own[name] ?? .null, theirs[name] ?? .null)
        if let rest = left.firstDifference(to: right) { return Self.join(name, rest) }
      }
      return nil
    case (.list(let own), .list(let theirs)):
      guard own.count == theirs.count else { return "" }
      for (index, pair) in zip(own, theirs).enumerated() {
        if let rest = pair.0.firstDifference(to: pair.1) { return Self.join("\(index)", rest) }
      }
      return nil
    default:
      return self == other ? nil : ""
    }
  }

  private static func join(_ name: String, _ rest: String) -> String {
    rest.isEmpty ? name : name + "." + rest
  }
}
