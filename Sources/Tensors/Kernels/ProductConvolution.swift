/// Convolutions as matrix products by OpenBLAS: patches are gathered a cache-sized piece at a time.
struct ProductConvolution: ConvolutionLibrary {
  func forward(
    _ geometry: ConvolutionGeometry, _ input: Tensor, weight: Tensor, bias: Tensor?
  ) -> Tensor {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let width = geometry.kernel.volume * inputs
    let result = Tensor(uninitialized: geometry.outputShape)
    let packed = weight.tapMajor(.byOutput)
    let (w, output, addend) = (packed.base, result.storage.base, bias?.storage.base)
    forEachPiece(geometry.outputPositions, width: width) { piece, patches in
      PatchGatherer(geometry, .forward).gather(input.storage.base, piece, into: patches)
      let target = output + piece.lowerBound * outputs
      if let addend {
        for row in 0..<piece.count { (target + row * outputs).update(from: addend, count: outputs) }
      }
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: patches, stride: width),
        MatrixOperand(base: w, stride: width, transposed: true), m: piece.count, n: outputs,
        k: width, into: target, stride: outputs, accumulate: addend != nil)
    }
    withExtendedLifetime(packed) {}
    return result
  }

  func inputGradient(
    _ geometry: ConvolutionGeometry, _ gradient: Tensor, weight: Tensor
  ) -> Tensor {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let width = geometry.kernel.volume * outputs
    let result = Tensor(uninitialized: geometry.inputShape)
    let packed = weight.tapMajor(.byInput)
    let (w, output) = (packed.base, result.storage.base)
    forEachPiece(geometry.inputPositions, width: width) { piece, patches in
      PatchGatherer(geometry, .backward).gather(gradient.storage.base, piece, into: patches)
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: patches, stride: width),
        MatrixOperand(base: w, stride: width, transposed: true), m: piece.count, n: inputs,
        k: width, into: output + piece.lowerBound * inputs, stride: inputs)
    }
    withExtendedLifetime(packed) {}
    return result
  }

  func weightGradients(
    _ geometry: ConvolutionGeometry, _ input: Tensor, _ gradient: Tensor, wantsBias: Bool
  ) -> (weight: Tensor, bias: Tensor?) {
    let outputs = geometry.outputChannels
    let width = geometry.kernel.volume * geometry.inputChannels
    let parts = rangeCount(geometry.outputPositions, grain: 64)
    let partial = Tensor(zeros: [parts, outputs * width])
    let (g, sums) = (gradient.storage.base, partial.storage.base)
    parallelFor(parts) { part in
      let positions = geometry.outputPositions
      let range = positions * part / parts..<positions * (part + 1) / parts
      forEachPieceAlone(range, width: width) { piece, patches in
        PatchGatherer(geometry, .forward).gather(input.storage.base, piece, into: patches)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: g + piece.lowerBound * outputs, stride: outputs, transposed: true),
          MatrixOperand(base: patches, stride: width), m: outputs, n: width, k: piece.count,
          into: sums + part * outputs * width, stride: width, accumulate: true)
      }
    }
    let total = parts == 1 ? partial : partial.columnSums(outputs * width)
    let (taps, inputs) = (geometry.kernel.volume, geometry.inputChannels)
    let weight = total.reshaped([outputs, taps, inputs]).permuted([0, 2, 1])
    return (
      weight.reshaped(geometry.weightShape), wantsBias ? gradient.columnSums(outputs) : nil
    )
  }

  /// Calls `body` with pieces of `0..<positions` and room for their patches, on several threads.
  private func forEachPiece(
    _ positions: Int, width: Int, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    parallelRanges(positions, grain: 64) { forEachPieceAlone($0, width: width, body) }
  }

  private func forEachPieceAlone(
    _ range: Range<Int>, width: Int, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    // Patches of half a megabyte stay in the second-level cache.
    let pieceLength = max(16, (1 << 17) / max(width, 1))
    let room = Storage(count: pieceLength * width)
    var start = range.lowerBound
    while start < range.upperBound {
      let piece = start..<min(start + pieceLength, range.upperBound)
      body(piece, room.base)
      start = piece.upperBound
    }
    withExtendedLifetime(room) {}
  }
}

/// Whose rows a weight [Cout, Cin, taps] is wanted by.
private enum WeightOrder {
  /// [Cout, taps, Cin]
  case byOutput
  /// [Cin, taps, Cout]
  case byInput
}

extension Tensor {
  fileprivate func tapMajor(_ order: WeightOrder) -> Storage {
    storage.packed(for: order) {
      let taps = shape[2...].reduce(1, *)
      let flat = reshaped([shape[0], shape[1], taps])
      return flat.permuted(order == .byOutput ? [0, 2, 1] : [1, 2, 0]).storage
    }
  }
}

/// Lays out, for each position of a grid, the numbers that the kernel's taps touch: [taps, C].
private struct PatchGatherer {
  enum Direction {
    /// From the input, for each output position.
    case forward
    /// From the gradient of the output, for each input position.
    case backward
  }

  private let geometry: ConvolutionGeometry
  private let direction: Direction
  private let positions: Extent3D
  private let source: Extent3D
  private let channels: Int

  init(_ geometry: ConvolutionGeometry, _ direction: Direction) {
    self.geometry = geometry
    self.direction = direction
    let isForward = direction == .forward
    positions = isForward ? geometry.output : geometry.input
    source = isForward ? geometry.input : geometry.output
    channels = isForward ? geometry.inputChannels : geometry.outputChannels
  }

  func gather(
    _ numbers: UnsafePointer<Float>, _ range: Range<Int>,
    into patches: UnsafeMutablePointer<Float>
  ) {
    let (kernel, stride, front) = (geometry.kernel, geometry.stride, geometry.padding.front)
    var target = patches
    for position in range {
      let w = position % positions.w
      let h = position / positions.w % positions.h
      let t = position / (positions.w * positions.h) % positions.t
      let clip = position / positions.volume
      for kt in 0..<kernel.t {
        let st = place(t, kt, stride.t, front.t, source.t)
        for kh in 0..<kernel.h {
          let sh = st < 0 ? -1 : place(h, kh, stride.h, front.h, source.h)
          let line = ((clip * source.t + st) * source.h + sh) * source.w
          for kw in 0..<kernel.w {
            let sw = sh < 0 ? -1 : place(w, kw, stride.w, front.w, source.w)
            if sw < 0 {
              target.update(repeating: 0, count: channels)
            } else {
              target.update(from: numbers + (line + sw) * channels, count: channels)
            }
            target += channels
          }
        }
      }
    }
  }

  /// Where a tap falls on one axis of the source; −1 outside it.
  private func place(_ position: Int, _ tap: Int, _ stride: Int, _ front: Int, _ size: Int) -> Int {
    switch direction {
    case .forward:
      let place = position * stride + tap - front
      return place >= 0 && place < size ? place : -1
    case .backward:
      let scaled = position + front - tap
      guard scaled >= 0, scaled % stride == 0 else { return -1 }
      return scaled / stride < size ? scaled / stride : -1
    }
  }
}
