import CFFmpeg

/// Gives any frame of a clip, in any order, as display RGB of the working size.
///
/// A reader belongs to one queue: it seeks and decodes in place.
package final class VideoReader {
  package private(set) var info: ClipInfo
  /// Size of every frame that this reader gives.
  package let workingWidth: Int
  package let workingHeight: Int

  private static let cacheBytes = 64 << 20

  private let source: any FrameSource
  private let transform: DisplayTransform
  private var cache = FrameCache(capacityInBytes: cacheBytes)
  private var lastIndex = -1

  /// Opens a video file, a picture or a folder of numbered pictures.
  ///
  /// - Parameters:
  ///   - stream: the stream's index in the file; libav's best video stream if nil.
  ///   - shouldStop: asked now and then while a damaged or unindexed clip is being searched.
  package init(
    path: String, stream: Int? = nil, size: WorkingSize = .native,
    shouldStop: () -> Bool = { false }
  ) throws {
    LibavLog.install()
    let opening = try ClipOpening(path: path, stream: stream, shouldStop: shouldStop)
    let first = opening.description.firstFrame
    let aspect = opening.description.aspect
    source = opening.source
    transform = try VideoIO.opening(path) {
      try DisplayTransform(
        firstFrame: first, orientation: opening.description.orientation, aspect: aspect,
        size: size)
    }
    workingWidth = transform.workingWidth
    workingHeight = transform.workingHeight
    info = ClipInfo(path: path, opening.description, transform)
    cache.insert(try picture(of: first, at: 0), at: 0)
    (source as? VideoStream)?.onNotice = { [weak self] in self?.info.notices.append($0) }
  }

  package func frame(at index: Int) throws -> Frame {
    precondition(
      (0..<info.frameCount).contains(index),
      "Frame \(index) of a clip with \(info.frameCount) frames.")
    let isStepBack = index < lastIndex
    lastIndex = index
    if let frame = cache.frame(at: index) { return frame }
    let decoded = try source.decodedFrame(at: index) { passed, frame in
      // After one step back the next ones are likely, and then free.
      guard isStepBack, index - passed <= VideoStream.framesGivenOnTheWay, !cache.contains(passed)
      else {
        return
      }
      cache.insert(try picture(of: frame, at: passed), at: passed)
    }
    let frame = try picture(of: decoded, at: index)
    cache.insert(frame, at: index)
    return frame
  }

  package func frames(_ range: Range<Int>) throws -> [Frame] {
    try range.map(frame(at:))
  }

  /// The planes as the decoder gives them, without padding: before any change of colour or shape.
  package func decodedPlanes(at index: Int) throws -> [UInt8] {
    let frame = try source.decodedFrame(at: index) { _, _ in }
    return try VideoIO.opening(info.path, frame.planes)
  }

  private func picture(of frame: DecodedFrame, at index: Int) throws -> Frame {
    try VideoIO.opening(info.path) {
      try transform.picture(of: frame, time: info.times[index])
    }
  }
}

extension ClipInfo {
  fileprivate init(
    path: String, _ description: SourceDescription, _ transform: DisplayTransform
  ) {
    let first = description.firstFrame
    let hasHDR = ToneMapper.isHDR(first)
    var notices = description.notices
    if hasHDR && !ToneMapper.isAvailable {
      notices.append("HDR is shown without tone mapping: this libavfilter has no zscale")
    }
    self.init(
      path: path, container: description.container, codec: description.codec,
      pixelFormat: first.formatName, stream: description.stream,
      width: transform.displayWidth, height: transform.displayHeight,
      codedWidth: first.width, codedHeight: first.height,
      frameCount: description.timing.times.count, frameRate: description.timing.frameRate,
      times: description.timing.times, duration: description.timing.duration,
      rotation: description.orientation.rotation, isMirrored: description.orientation.isMirrored,
      sampleAspectRatio: description.aspect, isVariableRate: description.timing.isVariableRate,
      isInterlaced: description.isInterlaced, hasHDR: hasHDR, notices: notices)
  }
}
