extension PixelImage {
  /// The picture at another size: each new pixel is the mean of the area that it covers.
  package func scaled(width newWidth: Int, height newHeight: Int) -> PixelImage {
    guard newWidth != width || newHeight != height else { return self }
    guard width > 0, height > 0, newWidth > 0, newHeight > 0 else {
      return PixelImage(width: max(0, newWidth), height: max(0, newHeight))
    }
    let columns = AreaWeights(from: width, to: newWidth)
    let rows = AreaWeights(from: height, to: newHeight)
    var scaled = [UInt8](repeating: 0, count: 3 * newWidth * newHeight)
    // One line of sums in 28 bits: 12 of the row's weights, 16 of a pixel scaled across.
    var narrow = [UInt32](repeating: 0, count: 3 * newWidth)
    var sums = [UInt32](repeating: 0, count: 3 * newWidth)
    var narrowRow = -1
    pixels.withUnsafeBufferPointer { source in
      for y in 0..<newHeight {
        for index in sums.indices { sums[index] = 1 << 19 }
        for tap in rows.starts[y]..<rows.starts[y + 1] {
          if rows.sources[tap] != narrowRow {
            narrowRow = rows.sources[tap]
            columns.narrow(source, row: narrowRow * 3 * width, into: &narrow)
          }
          let weight = rows.weights[tap]
          for index in sums.indices { sums[index] &+= weight &* narrow[index] }
        }
        let line = 3 * newWidth * y
        for index in sums.indices {
          scaled[line + index] = UInt8(truncatingIfNeeded: min(255, sums[index] >> 20))
        }
      }
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: scaled)
  }
}

/// For each new place the old ones under it and their shares, which sum to 4,096.
private struct AreaWeights {
  var starts: [Int] = [0]
  var sources: [Int] = []
  var weights: [UInt32] = []

  init(from old: Int, to new: Int) {
    let step = Double(old) / Double(new)
    for place in 0..<new {
      let (start, end) = (Double(place) * step, Double(place + 1) * step)
      var left: UInt32 = 4_096
      let last = min(old - 1, Int(end.rounded(.up)) - 1)
      for source in min(Int(start), last)...last {
        let share = min(end, Double(source + 1)) - max(start, Double(source))
        let weight =
          source == last ? left : min(left, UInt32(max(0, share / step * 4_096).rounded()))
        left -= weight
        sources.append(source)
        weights.append(weight)
      }
      starts.append(sources.count)
    }
  }

  /// One row of pixels at the new width, in sixteen bits a channel.
  func narrow(_ source: UnsafeBufferPointer<UInt8>, row: Int, into line: inout [UInt32]) {
    for place in 0..<starts.count - 1 {
      var (red, green, blue): (UInt32, UInt32, UInt32) = (8, 8, 8)
      for tap in starts[place]..<starts[place + 1] {
        let pixel = row + 3 * sources[tap]
        let weight = weights[tap]
        red &+= weight &* UInt32(source[pixel])
        green &+= weight &* UInt32(source[pixel + 1])
        blue &+= weight &* UInt32(source[pixel + 2])
      }
      line[3 * place] = red >> 4
      line[3 * place + 1] = green >> 4
      line[3 * place + 2] = blue >> 4
    }
  }
}
