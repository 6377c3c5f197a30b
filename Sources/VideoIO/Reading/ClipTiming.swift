import CFFmpeg

/// When each frame is shown, and whether one steady rate describes that.
struct ClipTiming {
  /// Seconds since the first frame, rising.
  let times: [Double]
  let frameRate: Rational
  let isVariableRate: Bool
  let duration: Double

  /// What pictures without times are shown at.
  static let pictureRate = Rational(25)

  private static let commonRates: [Rational] = [
    Rational(24), Rational(24_000, 1001), Rational(25), Rational(30), Rational(30_000, 1001),
    Rational(50), Rational(60), Rational(60_000, 1001), Rational(15), Rational(12), Rational(10),
    Rational(120), Rational(48), Rational(100),
  ]

  /// Evenly spaced frames.
  init(count: Int, frameRate: Rational) {
    self.init(
      times: (0..<count).map { Double($0) / frameRate.value }, frameRate: frameRate,
      isVariableRate: false, duration: Double(count) / frameRate.value)
  }

  /// - Parameter claimedRates: what the container says, best first; believed only where it fits.
  init(index: FrameIndex, secondsPerTick: Double, claimedRates: [Rational]) {
    let claimed = claimedRates.first { $0.isPositive && $0.value <= 240 }
    let ticks = index.entries.map(\.timestamp)
    guard ticks.count > 1, let first = ticks[0], !ticks.contains(nil) else {
      let fallback = claimed ?? Self.pictureRate
      let last = Double(index.lastDuration) * secondsPerTick
      let isOneFrame = ticks.count == 1 && last > 0 && claimed == nil
      self.init(count: ticks.count, frameRate: isOneFrame ? Self.rate(ofPeriod: last) : fallback)
      return
    }
    let raw = ticks.map { Double(($0 ?? first) &- first) * secondsPerTick }
    let times = Self.rising(raw, step: 1 / (claimed ?? Self.pictureRate).value)
    let span = times[times.count - 1]
    let measured = Double(times.count - 1) / span
    let rate = Self.fitting(measured, times, secondsPerTick, claimedRates)
    let last = Double(index.lastDuration) * secondsPerTick
    self.init(
      times: times, frameRate: rate,
      isVariableRate: !Self.isSteady(times, at: rate, secondsPerTick),
      duration: span + (last * rate.value > 0.5 && last < 10 ? last : 1 / rate.value))
  }

  private init(times: [Double], frameRate: Rational, isVariableRate: Bool, duration: Double) {
    self.times = times
    self.frameRate = frameRate
    self.isVariableRate = isVariableRate
    self.duration = duration
  }

  /// Closes backward jumps, as after a wrap of the clock, with one ordinary step.
  private static func rising(_ raw: [Double], step: Double) -> [Double] {
    var offset = 0.0
    var result = [raw[0]]
    for index in 1..<raw.count {
      if raw[index] + offset <= result[index - 1] { offset = result[index - 1] + step - raw[index] }
      result.append(raw[index] + offset)
    }
    return result
  }

  private static func fitting(
    _ measured: Double, _ times: [Double], _ tick: Double, _ claimed: [Rational]
  ) -> Rational {
    func isPlausible(_ rate: Rational) -> Bool {
      rate.isPositive && abs(rate.value / measured - 1) < 0.02 && isSteady(times, at: rate, tick)
    }
    // The container's own average first; its other rates are guesses like ours.
    if let own = claimed.first, isPlausible(own) { return own }
    let steady = (commonRates + claimed).filter(isPlausible)
    if let best = steady.min(by: { drift(times, at: $0) < drift(times, at: $1) - 1e-9 }) {
      return best
    }
    if let near = claimed.first(where: { $0.isPositive && abs($0.value / measured - 1) < 0.05 }) {
      return near
    }
    let rate = av_d2q(measured, 100_000)
    return rate.num > 0 && rate.den > 0
      ? Rational(Int(rate.num), Int(rate.den)) : claimed.first { $0.isPositive } ?? pictureRate
  }

  /// Whether every frame stands where the rate puts it, up to the rounding of the clock.
  private static func isSteady(_ times: [Double], at rate: Rational, _ tick: Double) -> Bool {
    let period = 1 / rate.value
    return drift(times, at: rate) <= max(min(tick * 1.05, period * 0.1), 1e-6)
  }

  /// Seconds between the frame that is earliest and the one that is latest against the rate.
  private static func drift(_ times: [Double], at rate: Rational) -> Double {
    let period = 1 / rate.value
    var low = 0.0
    var high = 0.0
    for (number, time) in times.enumerated() {
      let deviation = time - Double(number) * period
      low = min(low, deviation)
      high = max(high, deviation)
    }
    return high - low
  }

  private static func rate(ofPeriod seconds: Double) -> Rational {
    let rate = av_d2q(1 / seconds, 100_000)
    return rate.num > 0 && rate.den > 0 ? Rational(Int(rate.num), Int(rate.den)) : pictureRate
  }
}
