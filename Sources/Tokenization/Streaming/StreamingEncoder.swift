import Layers
import Tensors

/// The tokens of one chunk of a clip.
package struct EncodedChunk {
  /// Levels 1…4, each with the temporal rows that this chunk completes.
  package var grids: [TokenGrid]
  /// What stood before the signs, [t, h, w, B] per level; empty unless asked for.
  package var margins: [Tensor]
}

/// Turns a clip into tokens chunk by chunk, in memory that does not grow with the clip.
///
/// Chunks follow one schedule, 1 frame and then 4 at a time, so tokens depend on nothing else.
/// Confined to one thread at a time.
package final class StreamingEncoder {
  private let model: PyramidTokenizerModel
  private let text: TextContext?
  private let keepsMargins: Bool
  private let tileBudget: Int
  private var plan: TilePlan?
  /// One per tile.
  private var states: [StreamState] = []

  init(
    model: PyramidTokenizerModel, text: TextContext?, keepsMargins: Bool,
    tileBudget: Int = TilePlan.defaultBudget
  ) {
    self.model = model
    self.text = text
    self.keepsMargins = keepsMargins
    self.tileBudget = tileBudget
  }

  /// The next chunk [1, t, H, W, 3] in −1…1: one frame first, then as many as the coarsest stride;
  /// H and W are multiples of the coarsest stride.
  package func append(_ chunk: Tensor) -> EncodedChunk {
    let (height, width) = (chunk.shape[2], chunk.shape[3])
    let tiles = plan(height: height, width: width).tiles
    let geometry = model.configuration.geometry
    let expected = states[0].isAtStart ? 1 : geometry.coarsest[0]
    precondition(
      chunk.shape[1] == expected, "A chunk of \(chunk.shape[1]) frames, not of \(expected).")
    let parts = zip(tiles, states).map { tile, state in
      encode(chunk, tile: tile, isWhole: tiles.count == 1, state: state)
    }
    if tiles.count == 1 { return chunkOf(parts[0]) }
    let joined = geometry.strides.indices.map { level in
      join(
        parts.map { $0[level] }, tiles: tiles, stride: geometry.strides[level], height: height,
        width: width)
    }
    return chunkOf(joined)
  }

  /// z of each level for a tile's interior, [1, t, h, w, B].
  private func encode(
    _ chunk: Tensor, tile: TilePlan.Tile, isWhole: Bool, state: StreamState
  ) -> [Tensor] {
    let region =
      isWhole
      ? chunk : chunk.sliced(2, tile.regionRows).sliced(3, tile.regionColumns)
    let latents = model.encode(Variable(region), text: text, stream: state)
    state.finishChunk()
    if isWhole { return latents.z.map(\.value) }
    return zip(latents.z, model.configuration.strides).map { z, stride in
      z.value
        .sliced(2, tile.rows.divided(by: stride[1], from: tile.regionRows.lowerBound))
        .sliced(3, tile.columns.divided(by: stride[2], from: tile.regionColumns.lowerBound))
    }
  }

  private func join(
    _ parts: [Tensor], tiles: [TilePlan.Tile], stride: [Int], height: Int, width: Int
  ) -> Tensor {
    let shape = parts[0].shape
    var whole = Tensor(
      zeros: [1, shape[1], height / stride[1], width / stride[2], shape[4]])
    for (part, tile) in zip(parts, tiles) {
      whole.paste(
        part, row: tile.rows.lowerBound / stride[1], column: tile.columns.lowerBound / stride[2])
    }
    return whole
  }

  private func chunkOf(_ z: [Tensor]) -> EncodedChunk {
    let latents = QuantizedLatents(z: z.map { Variable($0) }, codes: [])
    let margins = keepsMargins ? z.map { $0.reshaped(Array($0.shape.dropFirst())) } : []
    return EncodedChunk(grids: latents.grids(), margins: margins)
  }

  private func plan(height: Int, width: Int) -> TilePlan {
    if let plan { return plan }
    let configuration = model.configuration
    let cell = Array(configuration.geometry.coarsest.dropFirst())
    precondition(
      height.isMultiple(of: cell[0]) && width.isMultiple(of: cell[1]),
      "Frames of \(width)x\(height) are not padded to \(cell[1])x\(cell[0]).")
    let reaches = configuration.tokenReaches
    let margin = (0..<2).map { axis in
      reaches.map { max($0.before[axis], $0.after[axis]) }.max() ?? 0
    }
    let plan = TilePlan(
      height: height, width: width, cell: cell, margin: margin, budget: tileBudget)
    states = plan.tiles.map { _ in StreamState() }
    self.plan = plan
    return plan
  }
}

extension Tensor {
  /// Writes `part` [N, t, h, w, C] over the same frames and channels from (row, column) on.
  mutating func paste(_ part: Tensor, row: Int, column: Int) {
    let (from, to) = (part.shape, shape)
    precondition(
      from[0] == to[0] && from[1] == to[1] && from[4] == to[4] && row + from[2] <= to[2]
        && column + from[3] <= to[3], "\(from) does not fit into \(to) at (\(row), \(column)).")
    let run = from[3] * from[4]
    part.withUnsafeBuffer { source in
      withUnsafeMutableBuffer { target in
        for frame in 0..<from[0] * from[1] {
          for line in 0..<from[2] {
            let start = ((frame * to[2] + row + line) * to[3] + column) * to[4]
            let rows = UnsafeMutableBufferPointer(rebasing: target[start..<start + run])
            let first = (frame * from[2] + line) * run
            _ = rows.update(fromContentsOf: source[first..<first + run])
          }
        }
      }
    }
  }
}
