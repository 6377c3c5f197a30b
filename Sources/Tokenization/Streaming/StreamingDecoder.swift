import Layers
import Tensors

/// Turns tokens back into frames chunk by chunk, from integers alone.
///
/// Confined to one thread at a time.
package final class StreamingDecoder {
  private let model: PyramidTokenizerModel
  private let muting: Muting
  private let tileBudget: Int
  private var plan: TilePlan?
  /// One per tile.
  private var states: [StreamState] = []

  init(
    model: PyramidTokenizerModel, muting: Muting, tileBudget: Int = TilePlan.defaultBudget
  ) {
    self.model = model
    self.muting = muting
    self.tileBudget = tileBudget
  }

  /// One that goes on from the same place of the clip.
  package func copy() -> StreamingDecoder {
    let copy = StreamingDecoder(model: model, muting: muting, tileBudget: tileBudget)
    copy.plan = plan
    copy.states = states.map { $0.copy() }
    return copy
  }

  /// What is remembered of the chunks so far.
  package var byteCount: Int { states.reduce(0) { $0 + $1.byteCount } }

  /// The frames [1, t, H, W, 3] of the next chunk, at the padded size, not clamped.
  ///
  /// `slices` are the temporal rows of all levels, 1 first, that the chunk completes: one each at
  /// the start. `hidden` tells of each slice which of its tokens are not to be seen, or nothing.
  package func append(_ slices: [TokenGrid], hidden: [[Bool]] = []) -> Tensor {
    let codes = slices.enumerated().map { index, grid in
      signs(of: grid, hidden: hidden.indices.contains(index) ? hidden[index] : [])
    }
    let stride = model.configuration.strides[0]
    let (height, width) = (slices[0].h * stride[1], slices[0].w * stride[2])
    let tiles = plan(height: height, width: width).tiles
    if tiles.count == 1 { return decode(codes, state: states[0]) }
    var whole: Tensor?
    for (tile, state) in zip(tiles, states) {
      let region = zip(codes, model.configuration.strides).map { codes, stride in
        codes.sliced(2, tile.regionRows.divided(by: stride[1]))
          .sliced(3, tile.regionColumns.divided(by: stride[2]))
      }
      let frames = decode(region, state: state)
      let (top, left) = (tile.regionRows.lowerBound, tile.regionColumns.lowerBound)
      let interior =
        frames
        .sliced(2, tile.rows.lowerBound - top..<tile.rows.upperBound - top)
        .sliced(3, tile.columns.lowerBound - left..<tile.columns.upperBound - left)
      var frame = whole ?? Tensor(zeros: [1, frames.shape[1], height, width, 3])
      whole = nil
      frame.paste(interior, row: tile.rows.lowerBound, column: tile.columns.lowerBound)
      whole = frame
    }
    return whole ?? Tensor(zeros: [1, 0, height, width, 3])
  }

  private func decode(_ codes: [Tensor], state: StreamState) -> Tensor {
    let frames = model.decode(codes.map { Variable($0) }, stream: state)
    state.finishChunk()
    return frames.value
  }

  /// ±1 for every bit, 0 for muted ones: [1, t, h, w, B].
  private func signs(of grid: TokenGrid, hidden: [Bool]) -> Tensor {
    let bits = model.configuration.bits
    let mask = muting.visibleBits(level: grid.level, bits: bits)
    var signs = BinaryCode.signs(of: grid.codes, bits: bits, mask: mask)
    for index in hidden.indices where hidden[index] {
      for bit in index * bits..<(index + 1) * bits { signs[bit] = 0 }
    }
    return Tensor(signs, shape: [1, grid.t, grid.h, grid.w, bits])
  }

  private func plan(height: Int, width: Int) -> TilePlan {
    if let plan { return plan }
    let configuration = model.configuration
    let reach = configuration.pixelReach
    let plan = TilePlan(
      height: height, width: width, cell: Array(configuration.geometry.coarsest.dropFirst()),
      margin: zip(reach.before, reach.after).map(max), budget: tileBudget)
    states = plan.tiles.map { _ in StreamState() }
    self.plan = plan
    return plan
  }
}
