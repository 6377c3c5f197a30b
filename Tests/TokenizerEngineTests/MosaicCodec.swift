import Dispatch
import TokenizerEngine
import VideoIO

/// A tokenizer whose answers are known: codes are mean greys of a cell, summed over the frames that
/// it can see; decoding paints the finest level that is not muted.
///
/// It sees `reach` frames back, and forgets all at a cold start, just as the real one does.
final class MosaicCodec: ClipCodec {
  let summary: ModelSummary
  private let reach: Int

  init(reach: Int = 0) {
    self.reach = reach
    summary = ModelSummary(
      name: "mosaic", sha256: String(repeating: "ab", count: 32), bits: 16,
      strides: [
        TokenStride(t: 2, y: 8, x: 8), TokenStride(t: 4, y: 8, x: 8),
        TokenStride(t: 4, y: 16, x: 16), TokenStride(t: 4, y: 32, x: 32),
      ], parameters: 0, encoderReach: reach, decoderReach: reach, fields: [])
  }

  func startEncoding(caption: String?) -> ChunkEncoder {
    var history: [Frame] = []
    var fed = 0
    return { frames in
      var slices: [TokenSlice] = []
      let all = history + frames
      for (index, stride) in self.summary.strides.enumerated() {
        let (rows, columns) = Self.grid(frames[0], stride)
        var codes: [UInt32] = []
        var first = -1
        for offset in frames.indices where (fed + offset) % stride.t == 0 {
          if first < 0 { first = (fed + offset) / stride.t }
          let end = history.count + offset
          let seen = all[max(0, end - self.reach)...end]
          for row in 0..<rows {
            for column in 0..<columns {
              codes.append(Self.code(seen, stride, row, column))
            }
          }
        }
        slices.append(
          TokenSlice(level: index + 1, firstStep: first, rows: rows, columns: columns, codes: codes)
        )
      }
      fed += frames.count
      history = Array(all.suffix(self.reach))
      return slices
    }
  }

  func startDecoding(muting mutes: Mutes) -> ChunkDecoder { decoder(mutes, isCold: true) }

  private func decoder(_ mutes: Mutes, isCold: Bool) -> ChunkDecoder {
    var isCold = isCold
    let decode: ([TokenSlice], PictureSize) -> [Frame] = { slices, size in
      let shown = slices.first { !mutes.contains(level: $0.level) }
      let count = isCold ? 1 : ChunkSchedule.length
      isCold = false
      let stride = shown.map { self.summary.strides[$0.level - 1] }
      return (0..<count).map { _ in
        var pixels = [UInt8](repeating: 0, count: 3 * size.width * size.height)
        if let shown, let stride {
          let last = shown.codes.suffix(shown.rows * shown.columns)
          for y in 0..<size.height {
            for x in 0..<size.width {
              let code = last[last.startIndex + y / stride.y * shown.columns + x / stride.x]
              for channel in 0..<3 {
                pixels[3 * (y * size.width + x) + channel] = UInt8(code & 255)
              }
            }
          }
        }
        return Frame(width: size.width, height: size.height, pixels: pixels, time: 0)
      }
    }
    return ChunkDecoder(decode: decode, fork: { self.decoder(mutes, isCold: isCold) })
  }

  private static func grid(_ frame: Frame, _ stride: TokenStride) -> (rows: Int, columns: Int) {
    ((frame.height + 31) / 32 * 32 / stride.y, (frame.width + 31) / 32 * 32 / stride.x)
  }

  private static func code(
    _ frames: ArraySlice<Frame>, _ stride: TokenStride, _ row: Int, _ column: Int
  ) -> UInt32 {
    var sum = 0
    for frame in frames {
      let y = min(row * stride.y, frame.height - 1)
      let x = min(column * stride.x, frame.width - 1)
      sum = (sum * 3 + Int(frame.pixels[3 * (y * frame.width + x)])) & 0xffff
    }
    return UInt32(sum)
  }
}

/// One that fails at a given chunk.
final class FailingCodec: ClipCodec {
  struct Fault: Error, CustomStringConvertible { var description: String { "the model fell over" } }

  private let codec = MosaicCodec()
  private let chunks: Int

  init(afterChunks chunks: Int) { self.chunks = chunks }

  var summary: ModelSummary { codec.summary }

  func startEncoding(caption: String?) throws -> ChunkEncoder {
    let encode = codec.startEncoding(caption: caption)
    var left = chunks
    return { frames in
      left -= 1
      guard left >= 0 else { throw Fault() }
      return try encode(frames)
    }
  }

  func startDecoding(muting mutes: Mutes) throws -> ChunkDecoder {
    codec.startDecoding(muting: mutes)
  }
}

/// One whose encoder stands still before one of its chunks till somebody opens the gate.
final class GatedCodec: ClipCodec {
  private let codec = MosaicCodec()
  private let gate: DispatchSemaphore
  private let chunk: Int

  init(gate: DispatchSemaphore, beforeChunk chunk: Int) {
    self.gate = gate
    self.chunk = chunk
  }

  var summary: ModelSummary { codec.summary }

  func startEncoding(caption: String?) throws -> ChunkEncoder {
    let encode = codec.startEncoding(caption: caption)
    var fed = 0
    return { [gate, chunk] frames in
      if fed == chunk { gate.wait() }
      fed += 1
      return try encode(frames)
    }
  }

  func startDecoding(muting mutes: Mutes) throws -> ChunkDecoder {
    codec.startDecoding(muting: mutes)
  }
}
