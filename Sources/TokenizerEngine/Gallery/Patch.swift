import Tokenization
import VideoIO

/// A small piece of a clip's picture: what one token stands for, and some of what lies around it.
package struct Patch: Sendable, Hashable {
  package enum Source: Sendable, Hashable {
    /// The clip that this job opened for the screen.
    case open(JobID)
    case corpus(CorpusClip)
  }

  package let source: Source
  /// Counted from the clip's first one.
  package let frame: Int
  /// The pixels that are cut, at the clip's working size.
  package let box: PixelBox
  /// The token's own pixels, counted from the cut's corner; empty where it stands for the padding.
  package let cell: PixelBox

  /// As much again on each side as the token is large, and not less than twelve pixels.
  ///
  /// - Parameter token: in pixels of the picture, which is `width` by `height`.
  package init(
    around token: PixelBox, frame: Int, of source: Source, width: Int, height: Int
  ) {
    let (x, y) = (
      Self.span(token.x, token.width, of: width), Self.span(token.y, token.height, of: height)
    )
    self.source = source
    self.frame = frame
    box = PixelBox(x: x.start, y: y.start, width: x.length, height: y.length)
    cell = PixelBox(
      x: x.inside.lowerBound, y: y.inside.lowerBound, width: x.inside.count,
      height: y.inside.count)
  }

  private static func span(
    _ place: Int, _ size: Int, of whole: Int
  ) -> (start: Int, length: Int, inside: Range<Int>) {
    let around = max(size, 12)
    let length = min(whole, size + 2 * around)
    let start = min(max(0, place - around), whole - length)
    let first = min(max(0, place - start), length)
    return (start, length, first..<max(first, min(place + size - start, length)))
  }
}

/// What came of a patch that was asked for.
package enum PatchOutcome: Sendable, Equatable {
  case picture(Frame)
  /// One line.
  case fault(String)
}

extension Frame {
  /// Some of its pixels; nil where it has not all of them.
  func cut(_ box: PixelBox) -> Frame? {
    guard box.x >= 0, box.y >= 0, box.width > 0, box.height > 0, box.x + box.width <= width,
      box.y + box.height <= height
    else { return nil }
    var cut: [UInt8] = []
    cut.reserveCapacity(3 * box.width * box.height)
    for y in box.y..<box.y + box.height {
      let start = 3 * (y * width + box.x)
      cut += pixels[start..<start + 3 * box.width]
    }
    return Frame(width: box.width, height: box.height, pixels: cut, time: time)
  }
}
