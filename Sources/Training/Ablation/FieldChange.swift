import FoundationEssentials

/// Sets or removes fields of a plan's JSON.
///
/// The path has names joined by dots; a number counts entries of a list from 0, a star stands for all
/// of them: `stages.*.losses.entropy`.
struct FieldChange: Sendable, Equatable {
  let path: String
  /// Null removes the field.
  let value: JSONValue

  /// The changed document; nil if nothing in it has this path.
  func applied(to document: JSONValue) -> JSONValue? {
    var count = 0
    let changed = apply(path.split(separator: ".")[...], to: document, count: &count)
    return count > 0 ? changed : nil
  }

  private func apply(
    _ rest: ArraySlice<Substring>, to value: JSONValue, count: inout Int
  ) -> JSONValue {
    guard let name = rest.first else {
      count += 1
      return self.value
    }
    switch value {
    case .object(var fields):
      guard let inner = fields[String(name)] else { return value }
      let changed = apply(rest.dropFirst(), to: inner, count: &count)
      fields[String(name)] = changed == .null ? nil : changed
      return .object(fields)
    case .list(let items):
      return .list(
        items.enumerated().map { index, item in
          name == "*" || name == "\(index)"
            ? apply(rest.dropFirst(), to: item, count: &count) : item
        })
    default: return value
    }
  }
}
