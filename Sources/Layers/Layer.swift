import Tensors

/// One learned array and where it stands in a model, such as `encoder.entry.weight`.
package typealias NamedVariable = (name: String, variable: Variable)

/// A part of a model that has something to learn.
package protocol Layer {
  /// Listed by hand, in the order of the model file's names.
  var parameters: [NamedVariable] { get }
}

extension Layer {
  /// The parameters with names that start with `prefix` and a dot.
  package func parameters(under prefix: String) -> [NamedVariable] {
    parameters.map { ($0.name.isEmpty ? prefix : prefix + "." + $0.name, $0.variable) }
  }

  /// How many numbers the layer has learned.
  package var parameterCount: Int {
    parameters.reduce(0) { $0 + $1.variable.value.count }
  }
}

extension Array where Element: Layer {
  /// The parameters of numbered layers: `prefix.0.…`, `prefix.1.…`.
  package func parameters(under prefix: String) -> [NamedVariable] {
    enumerated().flatMap { $1.parameters(under: "\(prefix).\($0)") }
  }
}
