/// Sizes along time, height and width.
package struct Extent3D: Hashable, Sendable, CustomStringConvertible {
  package var t: Int
  package var h: Int
  package var w: Int

  package init(_ t: Int, _ h: Int, _ w: Int) {
    (self.t, self.h, self.w) = (t, h, w)
  }

  package var volume: Int { t * h * w }

  package var description: String { "\(t)x\(h)x\(w)" }
}

/// Zeros before the first and behind the last element of each axis.
package struct Padding3D: Hashable, Sendable {
  package var front: Extent3D
  package var back: Extent3D

  package init(front: Extent3D, back: Extent3D) {
    (self.front, self.back) = (front, back)
  }

  package static let none = Padding3D(front: Extent3D(0, 0, 0), back: Extent3D(0, 0, 0))

  /// Nothing from the future: all of a kernel's reach in time lies in front, in space around.
  package static func causal(kernel: Extent3D) -> Padding3D {
    let (h, w) = (kernel.h - 1, kernel.w - 1)
    return Padding3D(
      front: Extent3D(kernel.t - 1, h / 2, w / 2), back: Extent3D(0, h - h / 2, w - w / 2))
  }
}

/// Everything about a convolution but its numbers.
struct ConvolutionGeometry: Hashable {
  let clips: Int
  let input: Extent3D
  let output: Extent3D
  let inputChannels: Int
  let outputChannels: Int
  let kernel: Extent3D
  let stride: Extent3D
  let padding: Padding3D
  /// Of the factors; sums and results are float32 always.
  let precision: Precision

  /// `input` is [N, T, H, W, C], `weight` [Cout, Cin, kT, kH, kW].
  init(
    input shape: [Int], weight: [Int], stride: Extent3D, padding: Padding3D,
    precision: Precision = .current
  ) {
    precondition(
      shape.count == 5 && weight.count == 5 && shape[4] == weight[1],
      "A kernel \(weight) does not fit the input \(shape).")
    clips = shape[0]
    input = Extent3D(shape[1], shape[2], shape[3])
    inputChannels = shape[4]
    outputChannels = weight[0]
    kernel = Extent3D(weight[2], weight[3], weight[4])
    self.stride = stride
    self.padding = padding
    self.precision = precision
    func length(_ size: Int, _ kernel: Int, _ stride: Int, _ front: Int, _ back: Int) -> Int {
      (size + front + back - kernel) / stride + 1
    }
    let (front, back) = (padding.front, padding.back)
    output = Extent3D(
      length(input.t, kernel.t, stride.t, front.t, back.t),
      length(input.h, kernel.h, stride.h, front.h, back.h),
      length(input.w, kernel.w, stride.w, front.w, back.w))
    precondition(
      output.t > 0 && output.h > 0 && output.w > 0,
      "A kernel \(kernel) finds no place in \(input) with padding \(padding).")
  }

  var inputShape: [Int] { [clips, input.t, input.h, input.w, inputChannels] }
  var outputShape: [Int] { [clips, output.t, output.h, output.w, outputChannels] }
  var weightShape: [Int] { [outputChannels, inputChannels, kernel.t, kernel.h, kernel.w] }
  var outputPositions: Int { clips * output.volume }
  var inputPositions: Int { clips * input.volume }

  /// Whether it is a matrix product of the channels at each position alone.
  var isPointwise: Bool {
    kernel.volume == 1 && stride == Extent3D(1, 1, 1) && padding == .none
  }
}
