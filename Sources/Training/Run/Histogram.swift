import Tensors

/// How often which values occur: buckets of equal width between the least and the greatest.
package struct Histogram: Sendable, Equatable {
  package var least: Double
  package var greatest: Double
  package var count: Double
  package var sum: Double
  package var sumOfSquares: Double
  /// The right edge of each bucket, rising.
  package var limits: [Double]
  /// How many values lie in each bucket.
  package var buckets: [Double]

  /// Nil for no values, or where one is not finite.
  init?(_ parts: [Tensor], bucketCount: Int = 40) {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    var (sum, squares) = (0.0, 0.0)
    for part in parts {
      part.withUnsafeBuffer { values in
        for value in values {
          least = min(least, value)
          greatest = max(greatest, value)
          sum += Double(value)
          squares += Double(value) * Double(value)
        }
      }
    }
    guard squares.isFinite, least <= greatest else { return nil }
    self.least = Double(least)
    self.greatest = Double(greatest)
    self.sum = sum
    sumOfSquares = squares
    count = Double(parts.reduce(0) { $0 + $1.count })
    let width = max(Double(greatest) - Double(least), 1e-12) / Double(bucketCount)
    limits = (1...bucketCount).map { Double(least) + Double($0) * width }
    limits[bucketCount - 1] = max(Double(greatest), limits[bucketCount - 1])
    buckets = [Double](repeating: 0, count: bucketCount)
    for part in parts {
      part.withUnsafeBuffer { values in
        for value in values {
          let place = Int((Double(value) - Double(least)) / width)
          buckets[min(max(place, 0), bucketCount - 1)] += 1
        }
      }
    }
  }

  init(
    least: Double, greatest: Double, count: Double, sum: Double, sumOfSquares: Double,
    limits: [Double], buckets: [Double]
  ) {
    self.least = least
    self.greatest = greatest
    self.count = count
    self.sum = sum
    self.sumOfSquares = sumOfSquares
    self.limits = limits
    self.buckets = buckets
  }

  /// The value below which a share of all lies, evenly spread within its bucket.
  package func quantile(_ share: Double) -> Double {
    var rest = share * count
    var left = least
    for (limit, inside) in zip(limits, buckets) {
      if rest <= inside, inside > 0 { return min(left + (limit - left) * rest / inside, greatest) }
      rest -= inside
      left = limit
    }
    return greatest
  }
}
