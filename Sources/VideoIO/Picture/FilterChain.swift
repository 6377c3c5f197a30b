import CFFmpeg

/// Filters that turn one frame into one frame, whatever came before it.
final class FilterChain {
  private let description: String
  /// Filters that keep one frame back give it when they see it a second time.
  private let holdsOneBack: Bool
  private var graph: (input: FilterInput, graph: FilterGraph)?

  init(_ description: String, holdsOneBack: Bool = false) {
    self.description = "[in0]" + description + "[out]"
    self.holdsOneBack = holdsOneBack
  }

  func apply(to frame: DecodedFrame) throws -> DecodedFrame {
    let graph = try graph(for: frame)
    var latest: DecodedFrame?
    for _ in 0..<(holdsOneBack ? 2 : 1) {
      try graph.push(frame, to: 0)
      while let output = try graph.pull() { latest = output }
    }
    guard let latest else { throw LibavError.invalidData }
    return latest
  }

  private func graph(for frame: DecodedFrame) throws -> FilterGraph {
    let input = FilterInput(width: frame.width, height: frame.height, format: frame.format)
    if let graph, graph.input == input { return graph.graph }
    let made = try FilterGraph(description, inputs: [input])
    graph = (input, made)
    return made
  }
}
