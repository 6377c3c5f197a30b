import Evaluation
import Tensors
import Tokenization
import VideoIO

/// Loads the weights of a folder, of a bundled model by its name, or the default ones.
package func loadCodec(_ path: String?) throws -> any ClipCodec {
  VideoTokenizerCodec(try loadTokenizer(path))
}

func loadTokenizer(_ path: String?) throws -> VideoTokenizer {
  let tokenizer = try VideoTokenizer(directory: try ModelLocation.find(path))
  if let frozen = tokenizer.configuration.textEncoder {
    tokenizer.textEncoderFolders += ModelLocation.textEncoders(frozen.name)
  }
  return tokenizer
}

/// The real tokenizer behind the engine's narrow view of it: frames in, codes out, and back.
final class VideoTokenizerCodec: ClipCodec, TextVectors {
  let summary: ModelSummary
  private let tokenizer: VideoTokenizer

  init(_ tokenizer: VideoTokenizer) {
    let model = tokenizer.configuration
    self.tokenizer = tokenizer
    summary = ModelSummary(
      name: model.name, sha256: tokenizer.sha256, bits: model.bits,
      strides: model.strides.map { TokenStride(t: $0[0], y: $0[1], x: $0[2]) },
      parameters: tokenizer.model.parameters.reduce(0) { $0 + $1.variable.value.count },
      encoderReach: model.encoderReach, decoderReach: model.decoderReach,
      fields: model.tokenReaches.map {
        TokenField(
          frames: $0.frames, above: $0.before[0], below: $0.after[0], left: $0.before[1],
          right: $0.after[1])
      }, echoes: model.tokenEchoes, entropySlope: model.entropySlope)
  }

  func startEncoding(caption: String?) throws -> ChunkEncoder {
    let encoder = try tokenizer.makeEncoder(caption: caption, keepsMargins: true)
    let geometry = tokenizer.configuration.geometry
    var steps = [Int](repeating: 0, count: geometry.strides.count)
    return { frames in
      let pixels = tensor(of: frames)
      let padded = geometry.padded(
        frames: 1, width: pixels.shape[3], height: pixels.shape[2])
      let chunk = encoder.append(
        ClipPadding.pad(pixels, frames: frames.count, height: padded[1], width: padded[2]))
      return zip(chunk.grids, chunk.margins).map { grid, margins in
        let first = steps[grid.level - 1]
        steps[grid.level - 1] += grid.t
        return TokenSlice(
          level: grid.level, firstStep: first, rows: grid.h, columns: grid.w, codes: grid.codes,
          margins: margins.values)
      }
    }
  }

  func startDecoding(muting mutes: Mutes) -> ChunkDecoder {
    Self.chunks(of: tokenizer.makeDecoder(muting: Muting(mutes, bits: summary.bits)))
  }

  func query(_ text: String) throws -> CorpusQuery { try tokenizer.query(text) }

  func compareQuantizer(
    _ clip: [Frame], caption: String?
  ) throws -> QuantizerComparison? {
    let pixels = tensor(of: clip)
    let (height, width) = (pixels.shape[2], pixels.shape[3])
    let padded = tokenizer.configuration.geometry.padded(
      frames: clip.count, width: width, height: height)
    let video = ClipPadding.pad(pixels, frames: padded[0], height: padded[1], width: padded[2])
    let check = try tokenizer.checkQuantizer(video, caption: caption)
    func psnr(_ picture: Tensor) -> Double {
      let shown = frames(
        from: ClipPadding.crop(picture, frames: clip.count, height: height, width: width),
        times: [Double](repeating: 0, count: clip.count))
      let values = zip(clip, shown).compactMap { FrameComparison.psnr($0, $1) }
      return values.reduce(0, +) / Double(max(1, values.count))
    }
    return QuantizerComparison(
      frames: clip.count, withCodes: psnr(check.withCodes), withoutCodes: psnr(check.withoutCodes),
      leak: LeakCheck(values: check.values, largest: check.largestLeak))
  }

  private static func chunks(of decoder: StreamingDecoder) -> ChunkDecoder {
    ChunkDecoder(
      decode: { slices, size in
        let grids = slices.map {
          TokenGrid(level: $0.level, t: $0.steps, h: $0.rows, w: $0.columns, codes: $0.codes)
        }
        let pixels = decoder.append(grids, hidden: slices.map(\.hidden))
        let count = pixels.shape[1]
        return frames(
          from: ClipPadding.crop(pixels, frames: count, height: size.height, width: size.width),
          times: [Double](repeating: 0, count: count))
      }, fork: { chunks(of: decoder.copy()) }, bytes: { decoder.byteCount })
  }
}

extension Muting {
  fileprivate init(_ mutes: Mutes, bits: Int) {
    self.init(levels: mutes.levels)
    for (level, mask) in mutes.bits {
      channels[level] = Set((0..<bits).filter { mask & 1 << UInt32($0) != 0 })
    }
  }
}
