import Tensors

/// Brings frames to a size that every level divides, and back.
package enum ClipPadding {
  /// Repeats the last row and column to the right and bottom, and the last frame at the end:
  /// [1, t, h, w, 3] to [1, frames, H, W, 3].
  package static func pad(_ frames: Tensor, frames count: Int, height: Int, width: Int) -> Tensor {
    let (t, h, w) = (frames.shape[1], frames.shape[2], frames.shape[3])
    if t == count && h == height && w == width { return frames }
    precondition(
      t > 0 && h > 0 && w > 0 && t <= count && h <= height && w <= width,
      "\(frames.shape) cannot be padded to \(count) frames of \(width)x\(height).")
    var padded = Tensor(zeros: [1, count, height, width, 3])
    frames.withUnsafeBuffer { source in
      padded.withUnsafeMutableBuffer { target in
        var next = 0
        for frame in 0..<count {
          for row in 0..<height {
            let start = ((min(frame, t - 1) * h) + min(row, h - 1)) * w
            for column in 0..<width {
              let pixel = (start + min(column, w - 1)) * 3
              target[next] = source[pixel]
              target[next + 1] = source[pixel + 1]
              target[next + 2] = source[pixel + 2]
              next += 3
            }
          }
        }
      }
    }
    return padded
  }

  /// The upper left `width` x `height` of the first `count` frames.
  package static func crop(_ frames: Tensor, frames count: Int, height: Int, width: Int) -> Tensor {
    frames.sliced(1, 0..<count).sliced(2, 0..<height).sliced(3, 0..<width)
  }
}
