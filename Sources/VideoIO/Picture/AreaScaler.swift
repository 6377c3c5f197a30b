/// Makes pictures smaller by averaging exactly the area that each new pixel covers.
struct AreaScaler {
  /// The source pixels that one target pixel covers along one axis, with their shares.
  private struct Span {
    var first: Int
    var weights: [Float]
  }

  let sourceWidth: Int
  let sourceHeight: Int
  let placement: SizePlacement
  private let columns: [Span]
  private let rows: [Span]

  init(sourceWidth: Int, sourceHeight: Int, placement: SizePlacement) {
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
    self.placement = placement
    columns = Self.spans(
      placement.width, from: placement.x, length: placement.sourceWidth, limit: sourceWidth)
    rows = Self.spans(
      placement.height, from: placement.y, length: placement.sourceHeight, limit: sourceHeight)
  }

  var isIdentity: Bool { placement == SizePlacement(whole: sourceWidth, sourceHeight) }

  /// RGB of the source size → RGB of the placement's size.
  func scaled(_ pixels: [UInt8]) -> [UInt8] {
    precondition(
      pixels.count == sourceWidth * sourceHeight * 3,
      "\(pixels.count) bytes are no picture of \(sourceWidth)x\(sourceHeight).")
    if isIdentity { return pixels }
    let width = placement.width
    // Only the covered columns are summed: [covered · 3] sums of one target row.
    let firstColumn = columns[0].first
    let last = columns[width - 1]
    let covered = last.first + last.weights.count - firstColumn
    var sums = [Float](repeating: 0, count: covered * 3)
    return [UInt8](unsafeUninitializedCapacity: width * placement.height * 3) { output, count in
      pixels.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          for (y, span) in rows.enumerated() {
            sumRows(span, source, firstColumn, sums)
            averageColumns(UnsafeBufferPointer(sums), firstColumn, output, y * width * 3)
          }
        }
      }
      count = width * placement.height * 3
    }
  }

  private func sumRows(
    _ span: Span, _ source: UnsafeBufferPointer<UInt8>, _ firstColumn: Int,
    _ sums: UnsafeMutableBufferPointer<Float>
  ) {
    for (offset, weight) in span.weights.enumerated() {
      let start = ((span.first + offset) * sourceWidth + firstColumn) * 3
      if offset == 0 {
        for index in 0..<sums.count { sums[index] = weight * Float(source[start + index]) }
      } else {
        for index in 0..<sums.count { sums[index] += weight * Float(source[start + index]) }
      }
    }
  }

  private func averageColumns(
    _ sums: UnsafeBufferPointer<Float>, _ firstColumn: Int,
    _ output: UnsafeMutableBufferPointer<UInt8>, _ start: Int
  ) {
    var target = start
    for span in columns {
      var (red, green, blue): (Float, Float, Float) = (0.5, 0.5, 0.5)
      var index = (span.first - firstColumn) * 3
      for weight in span.weights {
        red += weight * sums[index]
        green += weight * sums[index + 1]
        blue += weight * sums[index + 2]
        index += 3
      }
      output[target] = UInt8(max(0, min(255, red)))
      output[target + 1] = UInt8(max(0, min(255, green)))
      output[target + 2] = UInt8(max(0, min(255, blue)))
      target += 3
    }
  }

  private static func spans(
    _ count: Int, from start: Double, length: Double, limit: Int
  ) -> [Span] {
    let step = length / Double(count)
    return (0..<count).map { index in
      let low = start + Double(index) * step
      let high = start + Double(index + 1) * step
      // A sliver from rounding is no share of a neighbour.
      let first = min(limit - 1, max(0, Int((low + 1e-9).rounded(.down))))
      let end = max(first + 1, min(limit, Int((high - 1e-9).rounded(.up))))
      let shares = (first..<end).map { max(0, min(high, Double($0 + 1)) - max(low, Double($0))) }
      let total = shares.reduce(0, +)
      return Span(first: first, weights: shares.map { Float($0 / total) })
    }
  }
}
