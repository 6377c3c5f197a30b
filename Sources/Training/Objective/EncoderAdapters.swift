import Layers
import Tensors

/// Low-rank adapters for every convolution and linear map of an encoder.
///
/// The given weights keep their values; while clips are encoded, the changed ones stand in for them.
package struct EncoderAdapters: Layer {
  private let adapters: [(name: String, weight: Variable, adapter: LowRankAdapter)]

  /// - Parameter parameters: of a model; those under `encoder.` that have inputs are adapted.
  package init(
    _ plan: AdapterPlan, parameters: [NamedVariable], from source: inout RandomSource
  ) {
    adapters = parameters.compactMap { name, variable in
      guard name.hasPrefix("encoder."), variable.shape.count >= 2 else { return nil }
      let adapter = LowRankAdapter(
        weight: variable.shape, rank: plan.rank, alpha: Float(plan.alpha), from: &source)
      return (name, variable, adapter)
    }
  }

  /// Runs `body` on the changed weights, of which gradients reach the factors and the given weights.
  package func whileAdapted<Result>(_ body: () throws -> Result) rethrows -> Result {
    let changed = adapters.map { $0.adapter.adapted($0.weight) }
    exchange(with: changed)
    defer { exchange(with: changed) }
    return try body()
  }

  private func exchange(with changed: [Variable]) {
    for (entry, changed) in zip(adapters, changed) { entry.weight.exchange(with: changed) }
  }

  package var parameters: [NamedVariable] {
    adapters.flatMap { $0.adapter.parameters(under: $0.name) }
  }
}
