/// The window that a model sees of a clip: 4k+1 frames, sides that its strides divide.
package enum ClipWindow {
  /// The smallest 4k+1 that holds this many frames.
  package static func paddedCount(_ frames: Int) -> Int {
    precondition(frames > 0, "A window of \(frames) frames is empty.")
    return (frames - 1 + 3) / 4 * 4 + 1
  }

  /// The smallest multiple of `stride` that holds `length` pixels.
  package static func paddedLength(_ length: Int, stride: Int) -> Int {
    (length + stride - 1) / stride * stride
  }

  /// Repeats the last frame, the right column and the bottom row up to the window's size.
  package static func padded(_ frames: [Frame], strideY: Int, strideX: Int) -> [Frame] {
    guard let last = frames.last else { return [] }
    let missing = paddedCount(frames.count) - frames.count
    return (frames + Array(repeating: last, count: missing)).map {
      $0.padded(
        width: paddedLength($0.width, stride: strideX),
        height: paddedLength($0.height, stride: strideY))
    }
  }
}

extension Frame {
  /// Edge pixels repeated right and bottom.
  package func padded(width newWidth: Int, height newHeight: Int) -> Frame {
    precondition(
      newWidth >= width && newHeight >= height,
      "\(newWidth)x\(newHeight) is too small for \(width)x\(height).")
    guard newWidth > width || newHeight > height else { return self }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(newWidth * newHeight * 3)
    for y in 0..<newHeight {
      let row = min(y, height - 1) * width * 3
      bytes += pixels[row..<row + width * 3]
      let edge = pixels[row + (width - 1) * 3..<row + width * 3]
      for _ in width..<newWidth { bytes += edge }
    }
    return Frame(width: newWidth, height: newHeight, pixels: bytes, time: time)
  }

  /// The upper left part, which undoes `padded`.
  package func cropped(width newWidth: Int, height newHeight: Int) -> Frame {
    precondition(
      newWidth <= width && newHeight <= height,
      "\(newWidth)x\(newHeight) is too large for \(width)x\(height).")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(newWidth * newHeight * 3)
    for y in 0..<newHeight { bytes += pixels[y * width * 3..<(y * width + newWidth) * 3] }
    return Frame(width: newWidth, height: newHeight, pixels: bytes, time: time)
  }
}
