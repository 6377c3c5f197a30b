import Tensors
import TestSupport
import Testing

@testable import Tokenization

@Test func theReachOfTheBundledModelIsKnown() {
  let configuration = TokenizerConfiguration()
  #expect(configuration.tokenReaches.map(\.frames) == [22, 38, 54, 70])
  #expect(configuration.encoderReach == 70)
  #expect(configuration.decoderReach == 57)
}

/// Pixels outside the receptive field change nothing; on its edges they do.
@Test(arguments: [(1, 4, 11, 14), (2, 3, 11, 14), (3, 3, 6, 7), (4, 3, 3, 3)])
func aTokenSeesItsReceptiveFieldAndNoMore(level: Int, t: Int, y: Int, x: Int) throws {
  let model = makeTinyModel()
  let (frames, height, width) = (13, 192, 224)
  let clip = makeClip(frames: frames, width: width, height: height)
  let field = model.configuration.receptiveField(
    level: level, t: t, y: y, x: x, padded: [frames, height, width])
  func margins(_ clip: Tensor) -> [Float] {
    model.encode(Variable(clip)).z[level - 1].value
      .sliced(1, t..<t + 1).sliced(2, y..<y + 1).sliced(3, x..<x + 1).values
  }
  func changed(_ frame: Int, _ row: Int, _ column: Int) -> Bool {
    var other = clip
    for colour in 0..<3 { other[0, frame, row, column, colour] += 40 }
    return margins(other) != plain
  }
  let plain = margins(clip)
  let middle = (field.rows.lowerBound + field.rows.upperBound) / 2
  let centre = (field.columns.lowerBound + field.columns.upperBound) / 2
  let last = field.frames.upperBound - 1
  #expect(changed(last, middle, centre))
  for row in [field.rows.lowerBound - 1, field.rows.upperBound] where (0..<height).contains(row) {
    #expect(!changed(last, row, centre))
  }
  for column in [field.columns.lowerBound - 1, field.columns.upperBound]
  where (0..<width).contains(column) {
    #expect(!changed(last, middle, column))
  }
  if field.frames.upperBound < frames { #expect(!changed(field.frames.upperBound, middle, centre)) }
  if field.frames.lowerBound > 0 { #expect(!changed(field.frames.lowerBound - 1, middle, centre)) }
}

@Test func cellsTileTheClip() {
  let geometry = TokenizerConfiguration().geometry
  let cell = geometry.cell(level: 3, t: 2, y: 1, x: 3)
  #expect(cell == ClipBlock(frames: 5..<9, rows: 16..<32, columns: 48..<64))
  #expect(geometry.cell(level: 1, t: 0, y: 0, x: 0).frames == 0..<1)
}
