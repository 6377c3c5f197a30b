import Tensors

/// A learned row for each of `count` ids.
package struct Embedding: Layer {
  /// Shape [count, D].
  package let table: Variable

  package init(
    _ count: Int, _ width: Int, deviation: Float = 0.02, from source: inout RandomSource
  ) {
    table = Initialization.normal(deviation: deviation).makeParameter(
      [count, width], from: &source)
  }

  /// With a given table, such as that of a model file.
  package init(table: Variable) {
    self.table = table
  }

  /// The rows of `ids`: [ids.count, D].
  package func callAsFunction(_ ids: [Int]) -> Variable {
    table.gatheredRows(ids)
  }

  /// Named as the layer itself.
  package var parameters: [NamedVariable] { [("", table)] }
}
