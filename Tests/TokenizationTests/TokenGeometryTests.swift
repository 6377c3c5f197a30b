import Testing
import Tokenization

private let geometry = TokenizerConfiguration().geometry

@Test func seventeenFramesOf128GiveThePublishedGrids() {
  let padded = geometry.padded(frames: 17, width: 128, height: 128)
  #expect(padded == [17, 128, 128])
  #expect(geometry.grids(padded: padded) == [[9, 16, 16], [5, 16, 16], [5, 8, 8], [5, 4, 4]])
  let tokens = geometry.grids(padded: padded).map { $0.reduce(1, *) }
  #expect(tokens == [2304, 1280, 320, 80])
}

@Test(arguments: [
  (1, 1, 1, [1, 32, 32]), (3, 161, 121, [5, 128, 192]), (17, 32, 32, [17, 32, 32]),
  (30, 33, 64, [33, 64, 64]),
])
func sizesArePaddedToTheCoarsestStride(frames: Int, width: Int, height: Int, padded: [Int]) {
  #expect(geometry.padded(frames: frames, width: width, height: height) == padded)
}

@Test func chunksCoverEveryRowOnce() {
  for frames in [1, 5, 17, 33] {
    let chunks = geometry.chunks(paddedFrames: frames)
    #expect(chunks.flatMap { Array($0) } == Array(0..<frames))
    for level in 1...4 {
      let rows = chunks.indices.flatMap { Array(geometry.rows(level: level, chunk: $0)) }
      let grid = geometry.grid(level: level, padded: [frames, 32, 32])
      #expect(rows == Array(0..<grid[0]))
      let covered = rows.flatMap { Array(geometry.frames(level: level, row: $0)) }
      #expect(covered == Array(0..<frames))
      for frame in 0..<frames {
        let row = geometry.row(level: level, frame: frame)
        #expect(geometry.frames(level: level, row: row).contains(frame))
      }
    }
  }
}

@Test func theConfigurationSurvivesItsFile() throws {
  var configuration = TokenizerConfiguration()
  configuration.name = "tiny"
  configuration.widths = [8, 16, 16, 16, 16]
  let read = try TokenizerConfiguration(json: configuration.json(), path: "config.json")
  #expect(read == configuration)
  #expect(read.ratios == [[2, 2, 2], [2, 1, 1], [1, 2, 2], [1, 2, 2]])
}

@Test(arguments: [
  ("\"bits\" : 16", "\"bits\" : 40", "40 bits"),
  ("\"bits\" : 16", "\"bits\" : \"x\"", "“bits”"),
  ("\"heads\" : 4", "\"heads\" : 0", "outside"),
  ("\"heads\" : 4", "\"heads\" : 3", "multiples of heads"),
  ("\"heads\" : 4", "\"haeds\" : 4", "lacks the field “heads”"),
  ("pyratok.model.1", "pyratok.model.9", "only “pyratok.model.1”"),
  ("\"vocabulary_size\" : 512", "\"vocabulary_size\" : 12", "vocabulary_size"),
  ("\"patch\" : 4", "\"patch\" : 3", "stride"),
])
func impossibleConfigurationsAreRefused(field: String, replacement: String, reason: String) throws {
  let text = String(decoding: try TokenizerConfiguration().json(), as: UTF8.self)
  let changed = text.replacing(field, with: replacement)
  #expect(changed != text)
  let error = #expect(throws: TokenizationError.self) {
    try TokenizerConfiguration(json: Array(changed.utf8), path: "config.json")
  }
  #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
}
