import Glibc

/// Places on an axis that people would choose, and their labels.
package struct Ticks: Hashable, Sendable {
  package let values: [Double]
  package let labels: [String]

  /// Multiples of 1, 2, 2.5 or 5 times a power of ten within the range, at most `count` of them.
  package static func linear(_ range: ClosedRange<Double>, count: Int) -> Ticks {
    let span = range.upperBound - range.lowerBound
    guard span.isFinite, span > 0, count > 0 else {
      return Ticks(values: [range.lowerBound], labels: [NumberText.compact(range.lowerBound)])
    }
    let rough = span / Double(max(1, count))
    let power = pow(10, floor(log10(rough)))
    let candidates = [1, 2, 2.5, 5, 10, 20, 25, 50].map { $0 * power }
    for step in candidates {
      let first = ceil(range.lowerBound / step - 1e-9)
      let last = floor(range.upperBound / step + 1e-9)
      guard last - first + 1 <= Double(count) else { continue }
      guard last >= first else { break }
      let values = (0...Int(last - first)).map { (first + Double($0)) * step }
      return Ticks(values: values, labels: values.map { label($0, step: step) })
    }
    return Ticks(values: [range.lowerBound], labels: [NumberText.compact(range.lowerBound)])
  }

  /// Powers of ten within the range, every second or third if there are more than `count`.
  package static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> Ticks {
    guard range.lowerBound > 0, count > 0 else { return Ticks(values: [], labels: []) }
    let first = Int(ceil(log10(range.lowerBound) - 1e-9))
    let last = Int(floor(log10(range.upperBound) + 1e-9))
    guard last >= first else {
      return linear(range, count: count)
    }
    let step = max(1, (last - first + count) / count)
    let values = stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
    return Ticks(values: values, labels: values.map(NumberText.compact))
  }

  private static func label(_ value: Double, step: Double) -> String {
    if abs(value) < step / 1e6 { return "0" }
    if abs(value) >= 10_000 || step < 0.001 { return NumberText.compact(value) }
    var decimals = 0
    var scaled = step
    while decimals < 3, abs(scaled - scaled.rounded()) > 1e-6 {
      scaled *= 10
      decimals += 1
    }
    return NumberText.fixed(value, decimals: decimals)
  }
}
