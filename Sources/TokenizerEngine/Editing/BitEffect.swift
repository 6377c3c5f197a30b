import VideoIO

/// What flipping one bit of a token changes in one frame.
package struct BitEffect: Sendable, Equatable {
  package var position: TokenPosition
  package var frame: Int
  /// The token's code, before.
  package var code: UInt32
  /// 0 is the most significant.
  package var bit: Int
  package var width: Int
  package var height: Int
  /// |Δ| of each pixel, row by row: the mean of its three channels, 0…255.
  package var change: [UInt8]
  /// The mean of |Δ| over all pixels and channels, in steps of 255.
  package var mean: Double

  package init(
    position: TokenPosition, frame: Int, code: UInt32, bit: Int, width: Int, height: Int,
    change: [UInt8], mean: Double
  ) {
    self.position = position
    self.frame = frame
    self.code = code
    self.bit = bit
    self.width = width
    self.height = height
    self.change = change
    self.mean = mean
  }

  /// How two pictures of the same size differ.
  static func difference(_ a: Frame, _ b: Frame) -> (change: [UInt8], mean: Double) {
    var change = [UInt8](repeating: 0, count: a.width * a.height)
    var sum = 0
    a.pixels.withUnsafeBufferPointer { a in
      b.pixels.withUnsafeBufferPointer { b in
        for pixel in change.indices {
          var total = 0
          for place in 3 * pixel..<3 * pixel + 3 { total += abs(Int(a[place]) - Int(b[place])) }
          sum += total
          change[pixel] = UInt8((total + 1) / 3)
        }
      }
    }
    return (change, Double(sum) / Double(max(1, 3 * change.count)))
  }
}

/// Flips each bit of a token in turn and looks what that does to one frame, the wanted bit first.
final class BitEffectJob: SessionJob {
  private let session: Session
  private let position: TokenPosition
  private let frame: Int
  private var bits: [Int]
  private let count: Int
  private var base: Frame?

  /// - Parameter frame: one of the token's own, or one that comes after.
  init(session: Session, position: TokenPosition, frame: Int, first bit: Int) {
    self.session = session
    self.position = position
    self.frame = frame
    let all = 0..<(session.pyramid?.bits ?? 0)
    bits = all.filter { $0 == bit } + all.filter { $0 != bit }
    count = bits.count
  }

  var progress: (done: Int, total: Int) { (count - bits.count, count) }

  func step() throws -> [JobOutcome]? {
    guard let bit = bits.first, let pictures = session.pictures(), let pyramid = session.pyramid,
      let grid = pyramid[level: position.level], let code = pyramid.code(at: position)
    else { return nil }
    let chunk = ChunkSchedule.chunk(ofFrame: frame)
    // Only the chunk's own tokens can be flipped without decoding those before it again.
    guard
      ChunkSchedule.chunk(ofFrame: grid.stride.frames(ofStep: position.step).lowerBound) == chunk
    else { return nil }
    do {
      let (decoder, passed) = try pictures.decoder(before: chunk, of: pyramid, playhead: frame)
      guard let decoder else { return passed.map { [$0] } ?? [] }
      let isCold = chunk == 0
      guard var slices = pyramid.slices(ofChunk: chunk, cold: isCold) else { return nil }
      if base == nil {
        base = try shown(decoder, slices, chunk)
        return []
      }
      let index = position.level - 1
      let place =
        (position.step - slices[index].firstStep) * grid.tokensPerStep + position.row * grid.columns
        + position.column
      slices[index].codes[place] = code ^ 1 << UInt32(pyramid.bits - 1 - bit)
      guard let base, let flipped = try shown(decoder, slices, chunk) else { return nil }
      bits.removeFirst()
      let (change, mean) = BitEffect.difference(base, flipped)
      return [
        .bitEffect(
          BitEffect(
            position: position, frame: frame, code: code, bit: bit, width: base.width,
            height: base.height, change: change, mean: mean))
      ]
    } catch is WorkingPictures.Gap { return nil }
  }

  private func shown(
    _ decoder: ChunkDecoder, _ slices: [TokenSlice], _ chunk: Int
  ) throws -> Frame? {
    guard let size = session.pictures()?.size else { return nil }
    let frames = try decoder(slices, size)
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - frames.count + 1
    return frames.indices.contains(frame - first) ? frames[frame - first] : nil
  }
}
