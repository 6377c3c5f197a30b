/// Where in time the clip is shown, and how fast; the clock is handed in, never read.
package struct Playback: Equatable, Sendable {
  package private(set) var isPlaying = false
  package private(set) var speed = 1.0
  /// The clock and the clip's time, both in seconds, at which playing last began.
  private var anchorClock = 0.0
  private var anchorTime = 0.0

  package static let speeds = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4]

  package mutating func play(from time: Double, clock: Double) {
    isPlaying = true
    anchorClock = clock
    anchorTime = time
  }

  package mutating func pause() { isPlaying = false }

  package mutating func setSpeed(_ speed: Double, time: Double, clock: Double) {
    self.speed = min(16, max(0.01, speed))
    anchorClock = clock
    anchorTime = time
  }

  /// The next faster or slower of the usual speeds.
  package func neighbouringSpeed(faster: Bool) -> Double {
    let speeds = Self.speeds
    if faster { return speeds.first { $0 > speed + 1e-6 } ?? speed }
    return speeds.last { $0 < speed - 1e-6 } ?? speed
  }

  /// The clip's time in seconds.
  package func time(at clock: Double) -> Double { anchorTime + (clock - anchorClock) * speed }

  /// When the clip reaches `time`.
  package func clock(at time: Double) -> Double { anchorClock + (time - anchorTime) / speed }
}

/// The part of a clip that is played over and over; open while only its start is set.
package struct LoopRange: Equatable, Sendable {
  package var start: Int
  package var end: Int?

  /// The frames inside, once both ends are set.
  package var closed: ClosedRange<Int>? {
    guard let end else { return nil }
    return min(start, end)...max(start, end)
  }
}
