import CFFmpeg

/// Filters that turn one frame into one frame, whatever came before it.
final class FilterChain {
  private let description: String
  /// Such a filter keeps one frame back until it sees another: a progressive copy makes it give
  /// the frame, and costs nothing itself.
  private let holdsOneBack: Bool
  private var graph: (input: FilterInput, graph: FilterGraph)?

  init(_ description: String, holdsOneBack: Bool = false) {
    self.description = "[in0]" + description + "[out]"
    self.holdsOneBack = holdsOneBack
  }

  func apply(to frame: DecodedFrame) throws -> DecodedFrame {
    let graph = try graph(for: frame)
    var latest: DecodedFrame?
    try graph.push(frame, to: 0)
    if holdsOneBack {
      while try graph.pull() != nil {}
      let copy = try frame.sharingPlanes()
      copy.pointer.pointee.interlaced_frame = 0
      try graph.push(copy, to: 0)
    }
    while let output = try graph.pull() { latest = output }
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
