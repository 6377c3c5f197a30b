import CFFmpeg

/// The frames that enter a filter graph at one place.
struct FilterInput: Equatable {
  var width: Int
  var height: Int
  var format: AVPixelFormat
}

/// A libavfilter graph with inputs `in0`, `in1`, … and one output `out`.
final class FilterGraph {
  private var graph: UnsafeMutablePointer<AVFilterGraph>?
  private var entries: [UnsafeMutablePointer<AVFilterContext>] = []
  private var exit: UnsafeMutablePointer<AVFilterContext>?

  init(_ description: String, inputs: [FilterInput]) throws {
    guard let made = avfilter_graph_alloc() else { throw LibavError.outOfMemory }
    graph = made
    made.pointee.nb_threads = 2
    do {
      try build(made, description, inputs)
    } catch {
      avfilter_graph_free(&graph)
      throw error
    }
  }

  deinit { avfilter_graph_free(&graph) }

  static func has(_ filter: String) -> Bool { avfilter_get_by_name(filter) != nil }

  /// Hands over a frame, which stays the caller's; nil ends this input.
  func push(_ frame: DecodedFrame?, to input: Int) throws {
    try checked(
      av_buffersrc_add_frame_flags(
        entries[input], frame?.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)))
  }

  /// The next frame that is ready; nil if the graph needs more, or has ended.
  func pull() throws -> DecodedFrame? {
    let output = try DecodedFrame()
    let code = av_buffersink_get_frame(exit, output.pointer)
    if code == cff_error_again || code == cff_error_eof { return nil }
    try checked(code)
    return output
  }

  private func build(
    _ graph: UnsafeMutablePointer<AVFilterGraph>, _ description: String, _ inputs: [FilterInput]
  ) throws {
    var open: UnsafeMutablePointer<AVFilterInOut>?
    var last: UnsafeMutablePointer<AVFilterInOut>?
    defer {
      avfilter_inout_free(&open)
      avfilter_inout_free(&last)
    }
    for (number, input) in inputs.enumerated().reversed() {
      var entry: UnsafeMutablePointer<AVFilterContext>?
      let arguments =
        "video_size=\(input.width)x\(input.height):pix_fmt=\(input.format.rawValue)"
        + ":time_base=1/1000"
      try checked(
        avfilter_graph_create_filter(
          &entry, avfilter_get_by_name("buffer"), "in\(number)", arguments, nil, graph))
      guard let entry, let link = avfilter_inout_alloc() else { throw LibavError.outOfMemory }
      entries.insert(entry, at: 0)
      link.pointee.name = av_strdup("in\(number)")
      link.pointee.filter_ctx = entry
      link.pointee.next = open
      open = link
    }
    try checked(
      avfilter_graph_create_filter(
        &exit, avfilter_get_by_name("buffersink"), "out", nil, nil, graph))
    last = avfilter_inout_alloc()
    last?.pointee.name = av_strdup("out")
    last?.pointee.filter_ctx = exit
    try checked(avfilter_graph_parse_ptr(graph, description, &last, &open, nil))
    try checked(avfilter_graph_config(graph, nil))
  }
}
