extension Variable {
  /// The largest number of each window of rows and columns: [N, T, H, W, C], each channel alone.
  ///
  /// Windows that reach over the edge are cut, so that no pixel is left out: ⌈(H − window) / stride⌉
  /// + 1 rows, at least 1. Of equal numbers the first gets the gradient.
  package func maxPooled(window: Int = 3, stride: Int = 2) -> Variable {
    precondition(shape.count == 5, "Windows slide over [N, T, H, W, C], not over \(shape).")
    let windows = PictureWindows(input: shape, window: window, stride: stride)
    let (result, places) = windows.largest(of: value)
    let toInput = node
    return Variable(result, from: [toInput]) { gradient in
      toInput?.add(windows.spread(gradient, to: places))
    }
  }

  /// The mean over causal cells of a grid: [N, T, H, W, C] → [N, (T − 1) / t + 1, H / y, W / x, C].
  ///
  /// Frame 0 is a cell of its own, the next ones have t frames each, as token grids do.
  package func cellMeans(t: Int, y: Int, x: Int) -> Variable {
    let cells = CausalCells(input: shape, t: t, y: y, x: x)
    let toInput = node
    return Variable(cells.means(of: value), from: [toInput]) { gradient in
      toInput?.add(cells.spread(gradient))
    }
  }
}

/// Where the windows of a pooling stand.
private struct PictureWindows {
  let input: [Int]
  let window: Int
  let stride: Int

  private var channels: Int { input[4] }
  private var height: Int { length(input[2]) }
  private var width: Int { length(input[3]) }

  private func length(_ size: Int) -> Int {
    max(0, size - window + stride - 1) / stride + 1
  }

  /// The largest numbers, and which place of its window each had: row · window + column.
  func largest(of x: Tensor) -> (Tensor, places: Tensor) {
    let result = Tensor(
      repeating: -.infinity, shape: [input[0], input[1], height, width, channels])
    let places = Tensor(zeros: result.shape)
    let (source, target, place) = (x.storage.base, result.storage.base, places.storage.base)
    let channels = channels
    each { offset, cell, number in
      let (pixel, best, chosen) = (
        source + offset * channels, target + cell * channels, place + cell * channels
      )
      for channel in 0..<channels {
        let isLarger = pixel[channel] > best[channel]
        best[channel] = isLarger ? pixel[channel] : best[channel]
        chosen[channel] = isLarger ? number : chosen[channel]
      }
    }
    return (result, places)
  }

  func spread(_ gradient: Tensor, to places: Tensor) -> Tensor {
    let result = Tensor(zeros: input)
    let (source, target, place) = (
      gradient.storage.base, result.storage.base, places.storage.base
    )
    let channels = channels
    each { offset, cell, number in
      let (pixel, own, chosen) = (
        target + offset * channels, source + cell * channels, place + cell * channels
      )
      for channel in 0..<channels {
        pixel[channel] += chosen[channel] == number ? own[channel] : 0
      }
    }
    withExtendedLifetime((gradient, places)) {}
    return result
  }

  /// Calls `body` with each pixel, the window it lies in, and its place there.
  @inline(__always)
  private func each(_ body: (_ pixel: Int, _ cell: Int, _ place: Float) -> Void) {
    let (rows, columns) = (input[2], input[3])
    parallelRanges(input[0] * input[1]) { pictures in
      for line in pictures.lowerBound * height..<pictures.upperBound * height {
        let top = line % height * stride
        for column in 0..<width {
          let left = column * stride
          for row in 0..<min(window, rows - top) {
            let start = (line / height * rows + top + row) * columns + left
            for place in 0..<min(window, columns - left) {
              body(start + place, line * width + column, Float(row * window + place))
            }
          }
        }
      }
    }
  }
}

/// Cells of a grid in which frame 0 stands alone.
private struct CausalCells {
  let input: [Int]
  let t: Int
  let y: Int
  let x: Int

  init(input: [Int], t: Int, y: Int, x: Int) {
    precondition(
      input.count == 5 && (input[1] - 1).isMultiple(of: t) && input[2].isMultiple(of: y)
        && input[3].isMultiple(of: x),
      "\(input) has no whole cells of \(t) by \(y) by \(x).")
    (self.input, self.t, self.y, self.x) = (input, t, y, x)
  }

  private var output: [Int] {
    [input[0], (input[1] - 1) / t + 1, input[2] / y, input[3] / x, input[4]]
  }

  func means(of value: Tensor) -> Tensor {
    let result = Tensor(zeros: output)
    let (source, target, channels) = (value.storage.base, result.storage.base, input[4])
    each { pixel, cell, share in
      let (from, to) = (source + pixel * channels, target + cell * channels)
      for channel in 0..<channels { to[channel] += share * from[channel] }
    }
    return result
  }

  func spread(_ gradient: Tensor) -> Tensor {
    let result = Tensor(uninitialized: input)
    let (source, target, channels) = (gradient.storage.base, result.storage.base, input[4])
    each { pixel, cell, share in
      let (from, to) = (source + cell * channels, target + pixel * channels)
      for channel in 0..<channels { to[channel] = share * from[channel] }
    }
    withExtendedLifetime(gradient) {}
    return result
  }

  /// Calls `body` with each pixel, its cell, and what it counts for in its mean; a clip a thread.
  @inline(__always)
  private func each(_ body: (_ pixel: Int, _ cell: Int, _ share: Float) -> Void) {
    let (frames, height, width) = (input[1], input[2], input[3])
    parallelRanges(input[0], grain: max(1, elementGrain / max(1, frames * height * width))) {
      for clip in $0 {
        for frame in 0..<frames {
          let share = 1 / Float((frame == 0 ? 1 : t) * y * x)
          let cellRow = (clip * output[1] + (frame + t - 1) / t) * output[2]
          for row in 0..<height {
            let pixel = ((clip * frames + frame) * height + row) * width
            let cell = (cellRow + row / y) * output[3]
            for column in 0..<width { body(pixel + column, cell + column / x, share) }
          }
        }
      }
    }
  }
}
