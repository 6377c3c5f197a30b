import Tokenization
import VideoIO

/// Decodes what was made anew beside the reconstruction, chunk by chunk, and blends the two.
package final class RegenerationDecoding {
  private let source: RegenerationSource
  private let result: ClipTokens
  private let hidden: [[Bool]]?
  private let codec: any ClipCodec
  private let shouldStop: () -> Bool
  private let blend: RegionBlend
  /// Frames that the new tokens may change.
  private let affected: Range<Int>
  private let chunks: Range<Int>
  private var chunk: Int
  private let firstNew: Int
  private var decodeOld: ChunkDecoder?
  private var decodeNew: ChunkDecoder?
  private var changedBefore = 0
  private var changedAfter = 0

  /// - Parameters:
  ///   - result: the tokens in their new state.
  ///   - open: for each level and token whether it may be a new one.
  ///   - hidden: tokens to leave out; where given, nothing is blended, as for previews.
  ///   - isWhole: all frames, instead of those alone that may differ.
  ///   - shouldStop: asked before each chunk's decode, of the old tokens and of the new ones.
  package init(
    _ result: ClipTokens, of source: RegenerationSource, open: [[Bool]], region: ClipRegion,
    hidden: [[Bool]]? = nil, isWhole: Bool, codec: any ClipCodec,
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.source = source
    self.result = result
    self.hidden = hidden
    self.codec = codec
    self.shouldStop = shouldStop
    blend = RegionBlend(
      region, frames: result.frames, comparable: source.realFrames, width: result.width,
      height: result.height)
    let reach = codec.summary.decoderReach
    affected = Self.affected(open, result, reach: reach)
    let last = ChunkSchedule.chunk(ofFrame: result.frames - 1)
    let wanted = hidden == nil ? affected : affected.clamped(to: blend.changedFrames)
    firstNew = ChunkSchedule.start(exactFrom: wanted.lowerBound, reach: reach)
    chunks =
      isWhole ? 0..<last + 1 : firstNew..<ChunkSchedule.chunk(ofFrame: wanted.upperBound - 1) + 1
    chunk = chunks.lowerBound
  }

  /// The frames that open tokens may change.
  static func affected(_ open: [[Bool]], _ tokens: ClipTokens, reach: Int) -> Range<Int> {
    var (first, last) = (tokens.frames - 1, 0)
    for (grid, open) in zip(tokens.grids, open) {
      let plane = grid.h * grid.w
      guard let from = open.firstIndex(of: true), let to = open.lastIndex(of: true) else {
        continue
      }
      let frames = tokens.geometry.frames(level: grid.level, row: from / plane)
      first = min(first, frames.lowerBound)
      last = max(last, tokens.geometry.frames(level: grid.level, row: to / plane).upperBound)
    }
    let chunk = ChunkSchedule.frames(ofChunk: ChunkSchedule.chunk(ofFrame: first))
    return chunk.lowerBound..<max(chunk.lowerBound + 1, min(tokens.frames, last + reach))
  }

  /// The frames that were blended and may still differ from the reconstruction.
  package var changedFrames: Range<Int> { blend.changedFrames }

  package var progress: (done: Int, total: Int) { (chunk - chunks.lowerBound, chunks.count) }

  /// The frames of the next chunk; nil when there are no more.
  ///
  /// Throws `CancellationError` once it is told to stop.
  package func step() throws -> (first: Int, frames: [Frame])? {
    guard chunk < chunks.upperBound else { return nil }
    defer { chunk += 1 }
    let range = ChunkSchedule.frames(ofChunk: chunk)
    let wantsOld = hidden == nil && source.realFrames > range.lowerBound
    let old = wantsOld ? try decode(source.tokens, with: &decodeOld, from: chunks.lowerBound) : []
    let isNew = chunk >= firstNew && range.lowerBound < affected.upperBound
    let new =
      isNew || old.isEmpty ? try decode(result, with: &decodeNew, from: firstNew, hidden) : []
    // A decoder that starts here has the chunk's last frame only; those before it are not changed.
    var frames: [Frame] = []
    let first = range.upperBound - max(old.count, new.count) + 1
    for index in first...range.upperBound where index < result.frames {
      let (before, after) = (
        at(index, of: old, last: range.upperBound), at(index, of: new, last: range.upperBound)
      )
      guard let frame = combined(before, after, index: index) else { continue }
      frames.append(timed(frame, index))
    }
    return (first, frames)
  }

  private func at(_ index: Int, of frames: [Frame], last: Int) -> Frame? {
    let place = frames.count - 1 - (last - index)
    return frames.indices.contains(place) ? frames[place] : nil
  }

  private func combined(_ old: Frame?, _ new: Frame?, index: Int) -> Frame? {
    guard let old, index < source.realFrames else { return new }
    guard let new else { return old }
    let result = blend.blended(new, over: old, index: index)
    changedBefore += blend.changedOutside(new, old, index: index)
    changedAfter += blend.changedOutside(result, old, index: index)
    return result
  }

  private func timed(_ frame: Frame, _ index: Int) -> Frame {
    let time = result.times?[index] ?? Double(index) / result.frameRate.framesPerSecond
    return Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: time)
  }

  private func decode(
    _ tokens: ClipTokens, with decoder: inout ChunkDecoder?, from first: Int,
    _ hidden: [[Bool]]? = nil
  ) throws -> [Frame] {
    if shouldStop() { throw CancellationError() }
    let isCold = decoder == nil && chunk > 0
    let decode = try decoder ?? codec.startDecoding(muting: Mutes())
    decoder = decode
    let size = PictureSize(width: tokens.width, height: tokens.height)
    return try decode(
      tokens.grids.map { slice(of: $0, tokens.geometry, isCold: isCold, hidden) }, size)
  }

  /// The part of a level that this chunk decodes; a decoder that starts late takes one step.
  private func slice(
    of grid: TokenGrid, _ geometry: TokenGeometry, isCold: Bool, _ hidden: [[Bool]]?
  ) -> TokenSlice {
    var rows = geometry.rows(level: grid.level, chunk: chunk)
    if isCold { rows = rows.upperBound - 1..<rows.upperBound }
    var slice = TokenSlice(grid.rows(rows))
    slice.firstStep = rows.lowerBound
    if let hidden {
      let plane = grid.h * grid.w
      slice.hidden = Array(
        hidden[grid.level - 1][rows.lowerBound * plane..<rows.upperBound * plane])
    }
    return slice
  }

  /// Shares of the pixels behind the zone that differ from the reconstruction; nil where there are
  /// no such pixels.
  package var changedOutside: (before: Double?, after: Double?, pixels: Int) {
    let pixels = blend.outsidePixels
    guard pixels > 0 else { return (nil, nil, 0) }
    return (
      Double(changedBefore) / Double(pixels), Double(changedAfter) / Double(pixels), pixels
    )
  }
}
