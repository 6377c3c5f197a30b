import VideoIO

/// Which frames of which clip, at which size.
package struct ClipRequest: Sendable, Equatable {
  package var path: String
  package var stream: Int?
  package var size: WorkingSize
  /// In seconds.
  package var start: Double
  /// The number of consecutive frames, or all from `start`.
  package var frames: Int?

  package init(
    path: String, stream: Int? = nil, size: WorkingSize = .longerSide(256), start: Double = 0,
    frames: Int? = nil
  ) {
    self.path = path
    self.stream = stream
    self.size = size
    self.start = start
    self.frames = frames
  }

  /// The file's or folder's name without those around it.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? "" }
}

/// An opened clip as the screens describe it.
package struct ClipSummary: Sendable, Equatable {
  package var request: ClipRequest
  package var info: ClipInfo
  /// The working size in pixels.
  package var width: Int
  package var height: Int
  /// The first frame of the file that belongs to the clip.
  package var firstFrame: Int
  package var frameCount: Int
  /// When each frame is shown, in seconds from the first one.
  package var times: [Double]

  package init(
    request: ClipRequest, info: ClipInfo, width: Int, height: Int, firstFrame: Int,
    frameCount: Int, times: [Double]
  ) {
    self.request = request
    self.info = info
    self.width = width
    self.height = height
    self.firstFrame = firstFrame
    self.frameCount = frameCount
    self.times = times
  }

  /// Its name without the folders around it.
  package var name: String { request.name }

  /// Frames a second on average.
  package var frameRate: Double {
    guard frameCount > 1, let first = times.first, let last = times.last, last > first else {
      return 25
    }
    return Double(frameCount - 1) / (last - first)
  }
}
