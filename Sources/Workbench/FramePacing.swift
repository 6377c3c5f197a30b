/// When the next screen may be drawn, and how fast drawing goes.
struct FramePacing {
  private(set) var earliestNextDraw = 0.0
  /// Whether the screen drawn last was a new picture of a playing clip.
  private(set) var hasNewPicture = false
  private(set) var link = LinkPace()
  private var windowStart = 0.0
  private var frames = 0
  private var lastPicture: Int?
  private var bytes = 0
  private var postponed = 0
  private static let pause = 0.005
  private static let runPause = 0.25
  private var lastDraw = -1.0

  /// What is drawn next comes from a run that trains: four times a second are enough.
  mutating func slowDown() {
    earliestNextDraw = max(earliestNextDraw, lastDraw + Self.runPause)
  }

  /// The link is busy; ask again soon.
  mutating func postpone(now: Double) {
    postponed += 1
    earliestNextDraw = now + Self.pause
    link.waited(seconds: Self.pause)
  }

  /// The figures of the last second, once a second while playing.
  mutating func drew(
    _ statistics: FrameStatistics, picture: Int?, now: Double, isPlaying: Bool
  ) -> PresenterFigures? {
    lastDraw = now
    hasNewPicture = isPlaying && picture != lastPicture
    lastPicture = picture
    guard isPlaying else {
      earliestNextDraw = now + 0.01
      windowStart = 0
      link.pause()
      return nil
    }
    link.wrote(seconds: statistics.secondsWriting, until: now)
    earliestNextDraw = now + link.interval
    if windowStart == 0 { startWindow(now) }
    if hasNewPicture { frames += 1 }
    bytes += statistics.bytes
    let seconds = now - windowStart
    guard seconds >= 1 else { return nil }
    defer { startWindow(now) }
    return PresenterFigures(
      framesPerSecond: Double(frames) / seconds, bytesPerSecond: Double(bytes) / seconds,
      droppedFrames: postponed, isLinkSlow: link.isSlow)
  }

  private mutating func startWindow(_ now: Double) {
    windowStart = now
    frames = 0
    bytes = 0
    postponed = 0
  }
}

/// How much the link to the terminal is given while a clip plays: fewer frames first, then fewer
/// colours and smaller frames, and back again once there is room.
struct LinkPace {
  private struct Step {
    var framesPerSecond: Double
    /// Of the bytes a picture may have, and whether it has to do with 256 colours.
    var share: Double
    var usesPalette: Bool
  }

  private static let steps = [
    Step(framesPerSecond: 100, share: 1, usesPalette: false),
    Step(framesPerSecond: 24, share: 1, usesPalette: false),
    Step(framesPerSecond: 12, share: 1, usesPalette: false),
    Step(framesPerSecond: 8, share: 1, usesPalette: true),
    Step(framesPerSecond: 8, share: 0.5, usesPalette: true),
    Step(framesPerSecond: 4, share: 0.5, usesPalette: true),
    Step(framesPerSecond: 4, share: 0.25, usesPalette: true),
  ]
  /// Of the time, spent writing or waiting for the link, beyond which it goes down or up.
  ///
  /// A step down halves the bytes at most, so the way up does not at once lead down again.
  private static let (busy, easy) = (0.45, 0.15)
  private static let (secondsDown, secondsUp) = (0.5, 3.0)

  private(set) var step = 0
  private var start: Double?
  private var writing = 0.0

  var isSlow: Bool { step > 0 }

  /// Seconds from one frame to the next, at least.
  var interval: Double { 1 / Self.steps[step].framesPerSecond }

  func limit(_ context: inout DrawingContext) {
    context.pictureBytesPerCell *= Self.steps[step].share
    if Self.steps[step].usesPalette, context.depth == .truecolor { context.depth = .palette256 }
  }

  /// What was measured does not count when the clip plays on later; the step stays.
  mutating func pause() { start = nil }

  /// The link was not ready for a frame.
  mutating func waited(seconds: Double) { writing += seconds }

  /// A frame took so long to write, and was done now.
  mutating func wrote(seconds: Double, until now: Double) {
    guard let start else {
      self.start = now
      writing = 0
      return
    }
    writing += seconds
    let share = writing / max(1e-9, now - start)
    if now - start >= Self.secondsDown, share > Self.busy, step < Self.steps.count - 1 {
      step += 1
    } else if now - start >= Self.secondsUp {
      if share < Self.easy, step > 0 { step -= 1 }
    } else {
      return
    }
    self.start = now
    writing = 0
  }
}
