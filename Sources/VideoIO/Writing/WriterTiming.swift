import CFFmpeg

/// Start and length of every written frame, in ticks.
struct WriterTiming {
  let timeBase: AVRational
  let frameRate: Rational
  private let starts: [Int64]

  /// - Parameter ticksPerSecond: used where the rate varies; steady clips count frames.
  init(frameRate: Rational, times: [Double]?, ticksPerSecond: Int) {
    precondition(frameRate.isPositive, "\(frameRate) is no frame rate.")
    self.frameRate = frameRate
    guard let times, let first = times.first, !Self.isSteady(times, frameRate) else {
      timeBase = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
      starts = []
      return
    }
    timeBase = AVRational(num: 1, den: Int32(ticksPerSecond))
    var last: Int64 = -1
    starts = times.map { time in
      last = max(last + 1, Int64(((time - first) * Double(ticksPerSecond)).rounded()))
      return last
    }
  }

  func start(of frame: Int) -> Int64 {
    guard !starts.isEmpty else { return Int64(frame) }
    guard frame >= starts.count else { return starts[frame] }
    return starts[starts.count - 1] + Int64(frame - starts.count + 1) * period
  }

  func duration(of frame: Int) -> Int64 { start(of: frame + 1) - start(of: frame) }

  private var period: Int64 {
    max(1, Int64((Double(timeBase.den) / Double(timeBase.num) / frameRate.value).rounded()))
  }

  private static func isSteady(_ times: [Double], _ rate: Rational) -> Bool {
    times.enumerated().allSatisfy {
      abs($0.element - times[0] - Double($0.offset) / rate.value) < 1e-4
    }
  }
}
