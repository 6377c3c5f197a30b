/// Makes pictures smaller by averaging exactly the area that each new pixel covers.
struct AreaScaler {
  /// The source pixels that one target pixel covers along one axis.
  ///
  /// All but the first and the last are covered wholly and count 1.
  private struct Span {
    var first: Int
    var count: Int
    var firstShare: Float
    var lastShare: Float
    /// One over the sum of the shares.
    var scale: Float
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
    let covered = last.first + last.count - firstColumn
    var whole = [UInt16](repeating: 0, count: covered * 3)
    var sums = [Float](repeating: 0, count: covered * 3)
    return [UInt8](unsafeUninitializedCapacity: width * placement.height * 3) { output, count in
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = output.baseAddress else { return }
        for (y, span) in rows.enumerated() {
          sumRows(span, source + firstColumn * 3, &whole, &sums)
          averageColumns(sums, firstColumn, span.scale, target + y * width * 3)
        }
      }
      count = width * placement.height * 3
    }
  }

  private func sumRows(
    _ span: Span, _ source: UnsafePointer<UInt8>, _ whole: inout [UInt16], _ sums: inout [Float]
  ) {
    let stride = sourceWidth * 3
    let size = sums.count
    sums.withUnsafeMutableBufferPointer { sums in
      let first = source + span.first * stride
      for index in 0..<size { sums[index] = span.firstShare * Float(first[index]) }
      guard span.count > 1 else { return }
      let last = source + (span.first + span.count - 1) * stride
      for index in 0..<size { sums[index] += span.lastShare * Float(last[index]) }
      whole.withUnsafeMutableBufferPointer { whole in
        // 16 bits hold 257 rows of 255.
        var row = span.first + 1
        let end = span.first + span.count - 1
        while row < end {
          let stop = min(end, row + 256)
          whole.update(repeating: 0)
          for covered in row..<stop {
            let line = source + covered * stride
            for index in 0..<size { whole[index] &+= UInt16(line[index]) }
          }
          for index in 0..<size { sums[index] += Float(whole[index]) }
          row = stop
        }
      }
    }
  }

  private func averageColumns(
    _ sums: [Float], _ firstColumn: Int, _ rowScale: Float, _ output: UnsafeMutablePointer<UInt8>
  ) {
    sums.withUnsafeBufferPointer { sums in
      var target = output
      for span in columns {
        var index = (span.first - firstColumn) * 3
        var red = span.firstShare * sums[index]
        var green = span.firstShare * sums[index + 1]
        var blue = span.firstShare * sums[index + 2]
        for position in 1..<max(1, span.count) {
          index += 3
          let share = position == span.count - 1 ? span.lastShare : 1
          red += share * sums[index]
          green += share * sums[index + 1]
          blue += share * sums[index + 2]
        }
        let scale = span.scale * rowScale
        target[0] = UInt8(min(255, red * scale + 0.5))
        target[1] = UInt8(min(255, green * scale + 0.5))
        target[2] = UInt8(min(255, blue * scale + 0.5))
        target += 3
      }
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
      func share(_ pixel: Int) -> Double {
        max(0, min(high, Double(pixel + 1)) - max(low, Double(pixel)))
      }
      let count = end - first
      let (head, tail) = (share(first), count > 1 ? share(end - 1) : 0)
      let total = head + tail + Double(max(0, count - 2))
      return Span(
        first: first, count: count, firstShare: Float(head), lastShare: Float(tail),
        scale: Float(1 / total))
    }
  }
}
