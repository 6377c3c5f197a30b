/// What a token file says about the clip that it was made from.
package struct ClipDescription: Sendable, Equatable {
  package var frames: Int
  package var width: Int
  package var height: Int
  package var frameRate: FrameRate
  /// Index of the first frame within the clip it was cut from.
  package var startFrame: Int
  /// Seconds of each frame where the frame rate varies.
  package var times: [Double]?
  package var caption: String?

  package init(
    frames: Int, width: Int, height: Int, frameRate: FrameRate = FrameRate(25),
    startFrame: Int = 0, times: [Double]? = nil, caption: String? = nil
  ) {
    precondition(frames > 0 && width > 0 && height > 0, "An empty clip has no tokens.")
    self.frames = frames
    self.width = width
    self.height = height
    self.frameRate = frameRate
    self.startFrame = startFrame
    self.times = times
    self.caption = caption
  }

  /// The size of its tokens: bits × all stored tokens ÷ (frames × width × height), before padding.
  package func bitsPerPixel(bits: Int, tokens: Int) -> Double {
    Double(bits) * Double(tokens) / (Double(frames) * Double(width) * Double(height))
  }
}
