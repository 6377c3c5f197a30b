import Tensors
import Testing
import VideoIO

@testable import TokenizerEngine

private let size = PictureSize(width: 32, height: 32)
private let count = 45
/// Bundled models see more frames than this clip has; this one does not.
private let middle = TokenPosition(level: 1, step: 9, row: 1, column: 2)

/// A tokenized clip, and its frames as a screen knows them.
private struct Workplace {
  let clip: PictureClip
  let session: Session
  var shown: [Int: [UInt8]] = [:]

  init() throws {
    clip = try PictureClip(frames: count, width: 32, height: 32, isTextured: true)
    session = Session { _ in try makeTinyCodec() }
    try session.open(clip.request)
    try drive(session.tokenizing(from: 0, caption: nil))
  }

  /// At most so many steps of a job.
  mutating func drive(_ job: any SessionJob, steps: Int = .max) throws {
    var left = steps
    while left > 0, let outcomes = try job.step() {
      left -= 1
      for outcome in outcomes {
        guard case .frames(let first, let frames, _, _) = outcome else { continue }
        for (index, frame) in zip(first..., frames) { shown[index] = frame.pixels }
      }
    }
  }

  /// The frames that an edit made the job decode again.
  mutating func edit(_ edit: TokenEdit, playhead: Int = 0) throws -> [Int] {
    let before = shown
    shown = [:]
    _ = try session.edit(edit, job: JobID(1))
    try drive(session.decodingChanges { playhead })
    let changed = shown.keys.sorted()
    shown.merge(before) { new, _ in new }
    return changed
  }

  /// One decode of everything, from the first token on.
  func whole() throws -> [Int: [UInt8]] {
    try decoded(try #require(session.pyramid))
  }

  func code(_ position: TokenPosition) -> UInt32? { session.pyramid?.code(at: position) }
}

private func decoded(_ pyramid: TokenPyramid, muting mutes: Mutes = Mutes()) throws
  -> [Int: [UInt8]]
{
  let decode = try makeTinyCodec().startDecoding(muting: mutes)
  var frames: [Frame] = []
  for chunk in 0..<ChunkSchedule.count(frames: count) {
    frames += try decode(try #require(pyramid.slices(ofChunk: chunk, cold: false)), size)
  }
  return Dictionary(uniqueKeysWithValues: zip(0..<count, frames.map(\.pixels)))
}

private func block(_ codes: [UInt32], _ steps: Int, _ rows: Int, _ columns: Int) -> TokenBlock {
  TokenBlock(level: 1, bits: 16, steps: steps, rows: rows, columns: columns, codes: codes)
}

@Suite struct EditingTests {
  @Test func aFlippedBitIsDecodedAgainAndNothingElse() throws {
    var place = try Workplace()
    let before = place.shown
    #expect(before == (try place.whole()))
    let code = try #require(place.code(middle))
    let again = try place.edit(.flip(bit: 3, at: middle), playhead: 18)
    #expect(place.code(middle) == code ^ 0x1000)
    #expect(again == Array(17...28), "its own chunk, and nine frames behind it in whole chunks")
    #expect(place.shown == (try place.whole()))
    #expect(place.shown[18] != before[18])
    #expect((0..<17).allSatisfy { place.shown[$0] == before[$0] })
  }

  @Test func undoGivesTheExactPixelsBack() throws {
    var place = try Workplace()
    let (before, tokens) = (place.shown, place.session.pyramid)
    _ = try place.edit(.flip(bit: 0, at: middle), playhead: 18)
    let after = place.shown
    #expect(place.session.undoAccept() != nil)
    try place.drive(place.session.decodingChanges { 18 })
    #expect(place.shown == before)
    #expect(place.session.pyramid == tokens)
    #expect(place.session.redoAccept() != nil)
    try place.drive(place.session.decodingChanges { 18 })
    #expect(place.shown == after)
    #expect(place.session.redoAccept() == nil)
  }

  /// What the shown frame needs is one chunk, once the engine is ready there.
  @Test(arguments: [0, 1, 18, 20, 44])
  func theShownFrameComesWithTheFirstStep(playhead: Int) throws {
    var place = try Workplace()
    try place.drive(place.session.readying(frame: playhead))
    for level in 1...4 {
      let grid = try #require(place.session.pyramid?[level: level])
      let position = TokenPosition(
        level: level, step: grid.stride.step(ofFrame: playhead), row: 0, column: 0)
      _ = try place.session.edit(.flip(bit: level, at: position), job: JobID(1))
      place.shown[playhead] = nil
      let job = place.session.decodingChanges { playhead }
      try place.drive(job, steps: 1)
      let first = try #require(place.shown[playhead])
      try place.drive(job)
      #expect(place.shown[playhead] == first)
      #expect(place.shown == (try place.whole()), "level \(level)")
    }
  }

  @Test(arguments: 1...4)
  func noFrameChangesThatATokenCannotReach(level: Int) throws {
    let place = try Workplace()
    let model = try makeTinyCodec().summary
    let before = place.shown
    let position = TokenPosition(level: level, step: 2, row: 0, column: 0)
    _ = try place.session.edit(.flip(bit: 1, at: position), job: JobID(1))
    let after = try place.whole()
    let changed = (0..<count).filter { after[$0] != before[$0] }
    let reach = model.frames(changedBy: position)
    #expect(try #require(changed.first) >= reach.lowerBound)
    #expect(try #require(changed.last) <= reach.upperBound)
    #expect(level == 4 || reach.upperBound < count - 1, "else this says nothing")
  }

  @Test func aBoxIsPastedAsFarAsItFits() throws {
    var place = try Workplace()
    let corner = TokenPosition(level: 1, step: 22, row: 2, column: 3)
    let codes: [UInt32] = (1...8).map { $0 * 11 }
    let (report, change) = try place.session.edit(
      .paste(block(codes, 2, 2, 2), at: corner), job: JobID(1))
    #expect(change != nil)
    #expect((report.placed, report.changed) == (2, 2), "one step and one column are left")
    #expect(place.code(corner) == 11)
    #expect(place.code(TokenPosition(level: 1, step: 22, row: 3, column: 3)) == 33)
    try place.drive(place.session.decodingChanges { 0 })
    #expect(place.shown == (try place.whole()))
    let again = try place.session.edit(.paste(block([11], 1, 1, 1), at: corner), job: JobID(2))
    #expect(again.change == nil && again.report.changed == 0)
    #expect(place.session.acceptedSteps.undo.count == 1, "nothing changed, nothing to take back")
  }

  @Test func whatCannotBeDoneIsRefusedAndChangesNothing() throws {
    let place = try Workplace()
    let before = place.session.pyramid
    let other = TokenBlock(level: 1, bits: 12, steps: 1, rows: 1, columns: 1, codes: [7])
    let outside = TokenPosition(level: 1, step: 2, row: 9, column: 0)
    for (edit, fault) in [
      (.paste(other, at: middle), .otherBits(block: 12, clip: 16)),
      (.set(code: 65_536, at: middle), .tooLarge(code: 65_536, bits: 16)),
      (.flip(bit: 16, at: middle), .outside), (.flip(bit: 0, at: outside), .outside),
      (.flip(bit: 0, at: TokenPosition(level: 5, step: 0, row: 0, column: 0)), .noTokens),
    ] as [(TokenEdit, EditError)] {
      #expect(throws: fault) { try place.session.edit(edit, job: JobID(1)) }
      #expect(!fault.description.contains("\n"))
    }
    #expect(place.session.pyramid == before && place.session.acceptedSteps.undo.isEmpty)
  }

  /// Random edits, undone, redone and cut short, against a plain model of the tokens.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func randomScriptsEndWhereAPlainModelDoes(seed: UInt64) throws {
    var place = try Workplace()
    var random = RandomSource(seed: seed)
    var plain = PlainTokens(try #require(place.session.pyramid))
    for _ in 0..<40 {
      let playhead = random.integer(below: count)
      switch random.integer(below: 6) {
      case 0: #expect((place.session.undoAccept() != nil) == plain.undo())
      case 1: #expect((place.session.redoAccept() != nil) == plain.redo())
      default:
        let edit = plain.randomEdit(&random)
        let changed = try place.session.edit(edit, job: JobID(1)).change != nil
        #expect(changed == plain.perform(edit))
      }
      // Often the next change comes before all pictures are there.
      try place.drive(
        place.session.decodingChanges { playhead }, steps: random.integer(below: 8))
    }
    let pyramid = try #require(place.session.pyramid)
    #expect(plain.levels == PlainTokens(pyramid).levels)
    try place.drive(place.session.decodingChanges { 0 })
    #expect(place.shown == (try place.whole()))
    while place.session.undoAccept() != nil {}
    try place.drive(place.session.decodingChanges { 44 })
    #expect(place.shown == (try place.whole()))
    #expect(place.shown == (try Workplace().shown), "all undone is the clip as it was")
  }

  @Test func whatABitDoesIsWhatFlippingItDoes() throws {
    var place = try Workplace()
    let frame = 18
    var effects: [BitEffect] = []
    let job = place.session.explaining(middle, frame: frame, first: 5)
    while let outcomes = try job.step() {
      for case .bitEffect(let effect) in outcomes { effects.append(effect) }
    }
    #expect(effects.map(\.bit) == [5] + (0..<16).filter { $0 != 5 })
    let before = try #require(place.shown[frame])
    for effect in [effects[0], effects[9]] {
      _ = try place.edit(.flip(bit: effect.bit, at: middle), playhead: frame)
      let after = try #require(place.shown[frame])
      let differences = zip(before, after).map { abs(Int($0) - Int($1)) }
      #expect(effect.mean == Double(differences.reduce(0, +)) / Double(before.count))
      #expect(effect.mean > 0)
      let brightest = effect.change.indices.max { effect.change[$0] < effect.change[$1] } ?? 0
      let sum = differences[3 * brightest..<3 * brightest + 3].reduce(0, +)
      #expect(Int(effect.change[brightest]) == (sum + 1) / 3)
      _ = place.session.undoAccept()
      try place.drive(place.session.decodingChanges { frame })
    }
  }

  /// Muted pictures are decoded while tokens change under them.
  @Test func aRedrawBeginsAgainWhenTokensChange() throws {
    var place = try Workplace()
    var mutes = Mutes()
    mutes.toggle(level: 4)
    let job = try place.session.redrawing(frame: 0, muting: mutes, frames: count)
    try place.drive(job, steps: 4)
    _ = try place.session.edit(.flip(bit: 0, at: middle), job: JobID(1))
    try place.drive(job)
    #expect(place.shown == (try decoded(try #require(place.session.pyramid), muting: mutes)))
  }

  @Test func littleMemoryGivesTheSamePictures() throws {
    let place = try Workplace()
    let codec = try makeTinyCodec()
    let pictures = WorkingPictures(codec: codec, clip: try OpenedClip(place.clip.request), limit: 1)
    _ = try place.session.edit(.flip(bit: 2, at: middle), job: JobID(1))
    let pyramid = try #require(place.session.pyramid)
    pictures.invalidate(0..<count)
    var shown: [Int: [UInt8]] = [:]
    while let chunk = pictures.next(playhead: 40) {
      guard
        case .frames(let first, let frames, _, _)? = try pictures.step(
          towards: chunk, of: pyramid, playhead: 40)
      else { continue }
      for (index, frame) in zip(first..., frames) { shown[index] = frame.pixels }
    }
    #expect(shown == (try place.whole()))
  }
}

/// Tokens as plain arrays, with every state before the last change.
private struct PlainTokens {
  struct Level: Equatable {
    var rows: Int
    var columns: Int
    var planes: [[UInt32]]
  }

  private(set) var levels: [Level]
  private var past: [[Level]] = []
  private var future: [[Level]] = []

  init(_ pyramid: TokenPyramid) {
    levels = pyramid.levels.map { level in
      Level(
        rows: level.rows, columns: level.columns,
        planes: (0..<level.steps).map { level.codes(ofStep: $0) ?? [] })
    }
  }

  func randomEdit(_ random: inout RandomSource) -> TokenEdit {
    let level = random.integer(below: 4)
    let grid = levels[level]
    let position = TokenPosition(
      level: level + 1, step: random.integer(below: grid.planes.count),
      row: random.integer(below: grid.rows), column: random.integer(below: grid.columns))
    switch random.integer(below: 3) {
    case 0: return .flip(bit: random.integer(below: 16), at: position)
    case 1: return .set(code: UInt32(random.integer(below: 65_536)), at: position)
    default:
      let shape = (0..<3).map { _ in 1 + random.integer(below: 3) }
      let codes = (0..<shape.reduce(1, *)).map { _ in UInt32(random.integer(below: 65_536)) }
      return .paste(block(codes, shape[0], shape[1], shape[2]), at: position)
    }
  }

  /// True if anything is another one now.
  mutating func perform(_ edit: TokenEdit) -> Bool {
    let before = levels
    let at = edit.position
    let place = at.row * levels[at.level - 1].columns + at.column
    switch edit {
    case .flip(let bit, _): levels[at.level - 1].planes[at.step][place] ^= 1 << UInt32(15 - bit)
    case .set(let code, _): levels[at.level - 1].planes[at.step][place] = code
    case .paste(let block, _): paste(block, at: at)
    }
    guard levels != before else { return false }
    past.append(before)
    future = []
    return true
  }

  private mutating func paste(_ block: TokenBlock, at: TokenPosition) {
    var codes = block.codes.makeIterator()
    for step in at.step..<at.step + block.steps {
      for row in at.row..<at.row + block.rows {
        for column in at.column..<at.column + block.columns {
          let grid = levels[at.level - 1]
          guard let code = codes.next(), step < grid.planes.count, row < grid.rows,
            column < grid.columns
          else { continue }
          levels[at.level - 1].planes[step][row * grid.columns + column] = code
        }
      }
    }
  }

  mutating func undo() -> Bool {
    guard let before = past.popLast() else { return false }
    future.append(levels)
    levels = before
    return true
  }

  mutating func redo() -> Bool {
    guard let after = future.popLast() else { return false }
    past.append(levels)
    levels = after
    return true
  }
}
