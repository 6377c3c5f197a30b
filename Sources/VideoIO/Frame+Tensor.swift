import Tensors

/// Frames of one size as a clip: [1, T, H, W, 3] in −1…1.
package func tensor(of frames: [Frame]) -> Tensor {
  precondition(!frames.isEmpty, "No frames make no tensor.")
  let (width, height) = (frames[0].width, frames[0].height)
  let size = width * height * 3
  var result = Tensor(zeros: [1, frames.count, height, width, 3])
  result.withUnsafeMutableBuffer { values in
    for (index, frame) in frames.enumerated() {
      precondition(
        frame.width == width && frame.height == height,
        "A frame of \(frame.width)x\(frame.height) does not fit \(width)x\(height).")
      frame.pixels.withUnsafeBufferPointer { pixels in
        for sample in 0..<size {
          values[index * size + sample] = Float(pixels[sample]) / 127.5 - 1
        }
      }
    }
  }
  return result
}

/// A clip [1, T, H, W, 3] as frames: cut to −1…1, rounded to the nearest of 256 steps.
package func frames(from clip: Tensor, times: [Double]) -> [Frame] {
  let shape = clip.shape
  precondition(
    shape.count == 5 && shape[0] == 1 && shape[4] == 3 && shape[1] == times.count,
    "\(shape) is no clip of \(times.count) frames.")
  let size = shape[2] * shape[3] * 3
  return clip.withUnsafeBuffer { values in
    times.enumerated().map { index, time in
      let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        for sample in 0..<size {
          let value = (values[index * size + sample] + 1) * 127.5
          // A value that is no number becomes 0, as `min` and `max` put it.
          buffer[sample] = UInt8(min(255, max(0, value.rounded())))
        }
        count = size
      }
      return Frame(width: shape[3], height: shape[2], pixels: pixels, time: time)
    }
  }
}
