import VideoIO

/// What the engine asks of a tokenizer: clips in, tokens out, and back.
///
/// The real one is the video tokenizer; tests use one whose answers are known.
package protocol ClipCodec: AnyObject {
  var summary: ModelSummary { get }
  /// A stream that is fed by the chunk schedule (1 frame, then 4 at a time) and hands out the
  /// levels' slices, numbered from step 0; with margins.
  func startEncoding(caption: String?) throws -> ChunkEncoder
  /// A stream that is fed the encoder's slices and hands out the frames of one chunk.
  func startDecoding(muting mutes: Mutes) throws -> ChunkDecoder
  /// The first frames of a clip with and without the signs; nil where the quantizer has no choice.
  func compareQuantizer(_ frames: [Frame], caption: String?) throws -> QuantizerComparison?
}

extension ClipCodec {
  package func compareQuantizer(
    _ frames: [Frame], caption: String?
  ) throws -> QuantizerComparison? { nil }
}

package typealias ChunkEncoder = (_ frames: [Frame]) throws -> [TokenSlice]

/// A stream of chunks on its way from tokens to frames, which can be forked at any chunk.
package struct ChunkDecoder {
  private let decode: (_ slices: [TokenSlice], _ size: PictureSize) throws -> [Frame]
  private let fork: () -> ChunkDecoder
  private let bytes: () -> Int

  /// - Parameters:
  ///   - decode: the next chunk; its frames come back cropped to the size that is asked for.
  ///   - fork: a decoder that goes on from the same place on its own.
  ///   - bytes: what the place takes to remember.
  package init(
    decode: @escaping (_ slices: [TokenSlice], _ size: PictureSize) throws -> [Frame],
    fork: @escaping () -> ChunkDecoder, bytes: @escaping () -> Int = { 0 }
  ) {
    self.decode = decode
    self.fork = fork
    self.bytes = bytes
  }

  package func callAsFunction(_ slices: [TokenSlice], _ size: PictureSize) throws -> [Frame] {
    try decode(slices, size)
  }

  /// One that goes on from the same place of the clip.
  package func copy() -> ChunkDecoder { fork() }

  package var byteCount: Int { bytes() }
}

/// A width and a height in pixels.
package struct PictureSize: Sendable, Equatable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

/// The one schedule by which clips are fed: frame 0 alone, then four frames at a time.
package enum ChunkSchedule {
  package static let length = 4

  package static func chunk(ofFrame frame: Int) -> Int { (max(0, frame) + length - 1) / length }

  package static func frames(ofChunk chunk: Int) -> ClosedRange<Int> {
    chunk <= 0 ? 0...0 : (length * (chunk - 1) + 1)...(length * chunk)
  }

  package static func count(frames: Int) -> Int { chunk(ofFrame: frames - 1) + 1 }

  /// The chunk to start with so that everything from `frame` on is exact.
  package static func start(exactFrom frame: Int, reach: Int) -> Int {
    // A cold start takes one frame, the last of its chunk, so the chunk must end before the reach.
    max(0, (frame - reach) / length)
  }
}
