/// Floating-point operations of a prior's parts, counted from its shapes: a multiplication and an
/// addition are two; norms, activations, softmax and drawing are left out.
package struct PriorCost {
  private let configuration: PriorConfiguration

  package init(_ configuration: PriorConfiguration) { self.configuration = configuration }

  private var width: Int { configuration.width }

  /// Through the projections and the two layers of each row alone.
  private func blocks(_ rows: Int, _ count: Int) -> Int {
    // Query, key, value, out; up and down of four times the width.
    rows * count * (4 * 2 + 2 * 2 * 4) * width * width
  }

  private func attention(_ rows: Int, on keys: Int) -> Int { 2 * 2 * rows * keys * width }

  private func entry(_ rows: Int) -> Int { 2 * rows * configuration.featureCount * width }

  /// What is kept, once.
  package func memory(kept: Int) -> Int {
    let seen = configuration.layers - 1
    // The last block makes keys and values of them, no more.
    return entry(kept) + blocks(kept, seen) + seen * attention(kept, on: kept)
      + 2 * 2 * kept * width * width
  }

  /// The keys and values of one prompt, once.
  package func text(tokens: Int) -> Int {
    let side = configuration.textWidth
    let encoder =
      configuration.textLayers
      * (tokens * (4 * 2 + 2 * 2 * 2) * side * side + 4 * tokens * tokens * side)
    return encoder + configuration.layers * 2 * 2 * tokens * side * width
  }

  /// One prediction of the open rows.
  package func prediction(open: Int, kept: Int, text: Int) -> Int {
    let layers = configuration.layers
    let reading = open * 2 * 2 * width * width + attention(open, on: text)
    return entry(open) + blocks(open, layers)
      + layers * (attention(open, on: kept + open) + reading)
      + 2 * open * width * configuration.groups * configuration.states
  }

  /// A whole job: of each level, 1 first, so many open tokens beside `kept` ones.
  package func sampling(
    open counts: [Int], kept: Int, text: Int, settings: SamplingSettings
  ) -> Int {
    var total = memory(kept: kept) + self.text(tokens: text) + self.text(tokens: 1)
    var rows = 0
    for count in configuration.levels.map({ counts[$0 - 1] }) where count > 0 {
      rows += count
      let passes = MaskSchedule.passes(settings.steps, total: count * configuration.groups)
      // Without guidance, and in each level's first pass, nobody asks what it is like without text.
      let silent = settings.guidance > 0 ? (passes > 1 ? passes - 1 : 1) : 0
      total += passes * prediction(open: rows, kept: kept, text: text)
      total += silent * prediction(open: rows, kept: kept, text: 1)
    }
    return total
  }
}
