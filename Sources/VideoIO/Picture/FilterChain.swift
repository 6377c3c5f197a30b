import CFFmpeg

/// A libavfilter graph with one way in and one way out that answers frame by frame.
final class FilterChain {
  private struct Shape: Equatable {
    var width: Int32
    var height: Int32
    var format: Int32
  }

  private let description: String
  /// Filters that keep one frame back give it when they see it a second time.
  private let holdsOneBack: Bool
  private var graph: UnsafeMutablePointer<AVFilterGraph>?
  private var entry: UnsafeMutablePointer<AVFilterContext>?
  private var exit: UnsafeMutablePointer<AVFilterContext>?
  private var shape: Shape?

  init(_ description: String, holdsOneBack: Bool = false) {
    self.description = description
    self.holdsOneBack = holdsOneBack
  }

  deinit { avfilter_graph_free(&graph) }

  static func has(_ filter: String) -> Bool { avfilter_get_by_name(filter) != nil }

  func apply(to frame: DecodedFrame) throws -> DecodedFrame {
    try prepare(for: frame)
    var result = try pass(frame)
    if holdsOneBack { result = try pass(frame) }
    guard let result else { throw LibavError.invalidData }
    return result
  }

  private func pass(_ frame: DecodedFrame) throws -> DecodedFrame? {
    try checked(
      av_buffersrc_add_frame_flags(entry, frame.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)))
    var latest: DecodedFrame?
    while true {
      let output = try DecodedFrame()
      let code = av_buffersink_get_frame(exit, output.pointer)
      if code == cff_error_again || code == cff_error_eof { return latest }
      try checked(code)
      latest = output
    }
  }

  private func prepare(for frame: DecodedFrame) throws {
    let raw = frame.pointer.pointee
    let needed = Shape(width: raw.width, height: raw.height, format: raw.format)
    guard needed != shape else { return }
    shape = nil
    avfilter_graph_free(&graph)
    guard let made = avfilter_graph_alloc() else { throw LibavError.outOfMemory }
    graph = made
    made.pointee.nb_threads = 2
    let arguments =
      "video_size=\(raw.width)x\(raw.height):pix_fmt=\(raw.format):time_base=1/1000"
    try checked(
      avfilter_graph_create_filter(
        &entry, avfilter_get_by_name("buffer"), "in", arguments, nil, made))
    try checked(
      avfilter_graph_create_filter(
        &exit, avfilter_get_by_name("buffersink"), "out", nil, nil, made))
    var outputs = avfilter_inout_alloc()
    var inputs = avfilter_inout_alloc()
    defer {
      avfilter_inout_free(&outputs)
      avfilter_inout_free(&inputs)
    }
    guard let first = outputs, let last = inputs else { throw LibavError.outOfMemory }
    first.pointee.name = av_strdup("in")
    first.pointee.filter_ctx = entry
    last.pointee.name = av_strdup("out")
    last.pointee.filter_ctx = exit
    try checked(avfilter_graph_parse_ptr(made, description, &inputs, &outputs, nil))
    try checked(avfilter_graph_config(made, nil))
    shape = needed
  }
}
