extension Variable {
  /// Blocks of y·x pixels become channels: [N, T, H, W, C] → [N, T, H/y, W/x, y·x·C].
  ///
  /// Pixel (dy, dx) of a block stands at channel (dy·x + dx)·C + c.
  package func spaceToDepth(y: Int, x: Int) -> Variable {
    precondition(
      shape.count == 5 && shape[2] % y == 0 && shape[3] % x == 0,
      "\(shape) has no whole blocks of \(y) by \(x).")
    let blocks = PixelBlocks(
      clips: shape[0], t: shape[1], h: shape[2] / y, w: shape[3] / x, frames: 1, y: y,
      run: x * shape[4], channels: shape[4], dropped: 0)
    let toInput = node
    return Variable(blocks.pack(value), from: [toInput]) { toInput?.add(blocks.unpack($0)) }
  }

  /// Channels become blocks of t frames of y·x pixels: [N, T, h, w, t·y·x·C] → [N, T·t, h·y, w·x, C].
  ///
  /// Channel ((rt·y + ry)·x + rx)·C + c holds pixel (ry, rx) of frame rt of its block. When asked,
  /// the first t − 1 frames are dropped, so that a causal grid of k + 1 gives t·k + 1 frames.
  package func depthToSpace(
    t: Int, y: Int, x: Int, droppingLeadingFrames: Bool = false
  ) -> Variable {
    precondition(
      shape.count == 5 && shape[4] % (t * y * x) == 0,
      "The channels of \(shape) are no blocks of \(t) by \(y) by \(x).")
    let channels = shape[4] / (t * y * x)
    let blocks = PixelBlocks(
      clips: shape[0], t: shape[1], h: shape[2], w: shape[3], frames: t, y: y, run: x * channels,
      channels: channels, dropped: droppingLeadingFrames ? t - 1 : 0)
    let toInput = node
    return Variable(blocks.unpack(value), from: [toInput]) { toInput?.add(blocks.pack($0)) }
  }
}

/// The two forms of a picture: pixels in place, and blocks of them packed into channels.
private struct PixelBlocks {
  let clips: Int
  let t: Int
  let h: Int
  let w: Int
  /// Frames and rows of a block; `run` numbers of a block row are neighbours in both forms.
  let frames: Int
  let y: Int
  let run: Int
  let channels: Int
  let dropped: Int

  private var unpackedFrames: Int { t * frames - dropped }
  private var packedShape: [Int] { [clips, t, h, w, frames * y * run] }
  private var unpackedShape: [Int] {
    [clips, unpackedFrames, h * y, w * run / channels, channels]
  }

  func unpack(_ packed: Tensor) -> Tensor {
    let result = Tensor(uninitialized: unpackedShape)
    move(packed.storage.base, result.storage.base) { source, target, packedOffset, offset in
      (target + offset).update(from: source + packedOffset, count: run)
    }
    withExtendedLifetime(packed) {}
    return result
  }

  func pack(_ unpacked: Tensor) -> Tensor {
    let result =
      dropped == 0 ? Tensor(uninitialized: packedShape) : Tensor(zeros: packedShape)
    move(unpacked.storage.base, result.storage.base) { source, target, packedOffset, offset in
      (target + packedOffset).update(from: source + offset, count: run)
    }
    withExtendedLifetime(unpacked) {}
    return result
  }

  @inline(__always)
  private func move(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    copy: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
  ) {
    let height = h * y
    let rows = clips * unpackedFrames * height
    parallelRanges(rows, grain: max(1, elementGrain / 2 / max(w * run, 1))) { range in
      for row in range {
        let frame = row / height % unpackedFrames + dropped
        let clip = row / (height * unpackedFrames)
        let line = row % height
        let block = ((clip * t + frame / frames) * h + line / y) * w
        let part = frame % frames * y + line % y
        for column in 0..<w {
          copy(
            source, target, ((block + column) * frames * y + part) * run, (row * w + column) * run)
        }
      }
    }
  }
}
