import Tokenization
import VideoIO

/// Lays what was made anew over the reconstruction: whole inside the region, less and less in a zone
/// around it, not at all behind that.
package struct RegionBlend: Sendable {
  /// How far the zone reaches beyond the box, in pixels, and beyond the span, in frames.
  package static let margin = (pixels: 16, frames: 4)
  /// A channel may be off by so much before a pixel counts as changed.
  private static let tolerance = 2

  private let columns: [Float]
  private let rows: [Float]
  private let frames: [Float]
  /// Pixels of all `comparable` frames that lie behind the zone.
  package let outsidePixels: Int

  /// - Parameter comparable: the frames that have a reconstruction.
  package init(
    _ region: ClipRegion, frames count: Int, comparable: Int, width: Int, height: Int
  ) {
    columns = Self.weights(region.box?.columns, count: width, margin: Self.margin.pixels)
    rows = Self.weights(region.box?.rows, count: height, margin: Self.margin.pixels)
    frames = Self.weights(region.span, count: count, margin: Self.margin.frames)
    let inside = [columns, rows, Array(frames.prefix(comparable))].reduce(1) { product, weights in
      product * weights.count { $0 > 0 }
    }
    outsidePixels = comparable * width * height - inside
  }

  /// 1 inside and half the margin beyond, from there down to 0 just behind the margin.
  private static func weights(_ range: Range<Int>?, count: Int, margin: Int) -> [Float] {
    guard let range else { return [Float](repeating: 1, count: count) }
    let half = margin / 2
    return (0..<count).map { index in
      let distance = max(range.lowerBound - index, index - range.upperBound + 1)
      return max(0, min(1, Float(margin + 1 - distance) / Float(margin + 1 - half)))
    }
  }

  /// The frames that may differ from the reconstruction once they are blended.
  package var changedFrames: Range<Int> {
    let first = frames.firstIndex { $0 > 0 } ?? 0
    return first..<(frames.lastIndex { $0 > 0 } ?? first) + 1
  }

  package func blended(_ new: Frame, over old: Frame, index: Int) -> Frame {
    let share = frames[index]
    guard share > 0 else {
      return Frame(width: old.width, height: old.height, pixels: old.pixels, time: new.time)
    }
    var result = new
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      old.pixels.withUnsafeBufferPointer { old in
        for y in rows.indices {
          for x in columns.indices {
            let weight = share * rows[y] * columns[x]
            guard weight < 1 else { continue }
            let first = (y * columns.count + x) * 3
            for place in first..<first + 3 {
              let value = weight * Float(pixels[place]) + (1 - weight) * Float(old[place])
              pixels[place] = UInt8(value.rounded())
            }
          }
        }
      }
    }
    return result
  }

  /// How many pixels behind the zone differ.
  package func changedOutside(_ new: Frame, _ old: Frame, index: Int) -> Int {
    var changed = 0
    new.pixels.withUnsafeBufferPointer { new in
      old.pixels.withUnsafeBufferPointer { old in
        for y in rows.indices {
          for x in columns.indices where frames[index] * rows[y] * columns[x] == 0 {
            let first = (y * columns.count + x) * 3
            let isChanged = (first..<first + 3).contains {
              abs(Int(new[$0]) - Int(old[$0])) > Self.tolerance
            }
            if isChanged { changed += 1 }
          }
        }
      }
    }
    return changed
  }
}
