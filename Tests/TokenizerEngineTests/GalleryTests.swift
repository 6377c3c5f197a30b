import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

@Suite struct GalleryTests {
  private let model = MosaicCodec().summary

  /// 9 frames of 32x64; level 1 has 5 steps of 4 rows and 8 columns.
  private func pyramid(_ codes: (_ step: Int, _ row: Int, _ column: Int) -> UInt32) -> TokenPyramid
  {
    var pyramid = TokenPyramid(model: model, frames: 9, width: 64, height: 32)
    pyramid.insert(
      pyramid.levels.map { grid in
        TokenSlice(
          level: grid.level, firstStep: 0, rows: grid.rows, columns: grid.columns,
          codes: (0..<grid.tokens).map {
            codes(
              $0 / grid.tokensPerStep, $0 / grid.columns % grid.rows, $0 % grid.columns)
          })
      })
    return pyramid
  }

  @Test func allPlacesOfACodeAreListedOnce() {
    let pyramid = pyramid { step, row, column in (step + row + column) % 3 == 0 ? 7 : 8 }
    let seven = CodePattern(code: 7, bits: 16)
    let found = pyramid.scatteredPlaces(of: seven, level: 1, limit: 1000)
    #expect(found.total == found.places.count)
    #expect(Set(found.places) == Set(pyramid.places(of: 7, level: 1, limit: 1000)))
    let few = pyramid.scatteredPlaces(of: seven, level: 1, limit: 5)
    #expect(few.places.count == 5 && few.total == found.total)
    #expect(
      pyramid.scatteredPlaces(of: CodePattern(code: 9, bits: 16), level: 1, limit: 5).total == 0)
    #expect(pyramid.scatteredPlaces(of: seven, level: 9, limit: 5) == CodePlaces())
  }

  @Test func otherMomentsAndCornersComeFirst() {
    let same = pyramid { _, _, _ in 7 }
    let first = same.scatteredPlaces(of: CodePattern(code: 7, bits: 16), level: 1, limit: 4).places
    #expect(first[0] == TokenPosition(level: 1, step: 0, row: 0, column: 0))
    #expect(first[1].step == 4)
    #expect(Set(first.map(\.step)).count > 1 && Set(first.map(\.row)).count > 1)
    // Of many places some are taken from everywhere.
    let some = same.scatteredPlaces(of: CodePattern(code: 7, bits: 16), level: 1, limit: 2).places
    #expect(Set(some.map(\.step)).count == 2)
  }

  @Test func aBitLightsTheCodesThatHaveIt() {
    #expect(CodePattern(bit: 0, bits: 4).matches(0b1000))
    #expect(!CodePattern(bit: 0, bits: 4).matches(0b0111))
    #expect(CodePattern(bit: 3, bits: 4).matches(0b0101))
  }

  @Test(arguments: [
    // In the middle, at both ends, in the padding, and where the picture is smaller than the cut.
    (24, 8, 64, 12, 32, 12..<20), (0, 8, 64, 0, 32, 0..<8), (56, 8, 64, 32, 32, 24..<32),
    (64, 8, 64, 32, 32, 32..<32), (56, 8, 60, 28, 32, 28..<32), (8, 8, 20, 0, 20, 8..<16),
    (32, 32, 128, 0, 96, 32..<64),
  ])
  func aPatchHasWhatLiesAroundItsToken(
    token: Int, size: Int, whole: Int, start: Int, length: Int, inside: Range<Int>
  ) {
    let patch = Patch(
      around: PixelBox(x: token, y: 0, width: size, height: size), frame: 0,
      of: .open(JobID(1)), width: whole, height: 500)
    #expect(patch.box.x == start && patch.box.width == length)
    #expect(patch.cell.x..<patch.cell.x + patch.cell.width == inside)
  }

  @Test func patchesAreCutOutOfTheOpenClip() throws {
    let clip = try PictureClip(frames: 6, isTextured: true)
    let log = EventLog()
    let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
    engine.submit(.open(clip.request, job: JobID(1)))
    let reader = try OpenedClip(clip.request)
    let patches = [5, 0, 5].enumerated().map { place, frame in
      Patch(
        around: PixelBox(x: 8 * place, y: 8, width: 8, height: 8), frame: frame,
        of: .open(JobID(1)), width: 64, height: 32)
    }
    // That of a clip which is no longer open is passed over.
    let late = Patch(
      around: PixelBox(x: 0, y: 0, width: 8, height: 8), frame: 0, of: .open(JobID(9)), width: 64,
      height: 32)
    engine.submit(.cut([late] + patches, job: JobID(2)))
    let events = log.wait(3) { if case .patch = $0 { true } else { false } }
    for patch in patches {
      let expected = try #require(try reader.frame(patch.frame).cut(patch.box))
      #expect(events.contains(.patch(patch, .picture(expected), job: JobID(2))))
    }
    #expect(!events.contains { if case .patch(late, _, _) = $0 { true } else { false } })
  }

  @Test func aFrameThatCannotBeReadIsAFaultOfItsPatchesOnly() {
    struct Fault: Error, CustomStringConvertible { var description: String { "torn" } }
    let cutter = PatchCutter()
    let patches = [3, 1, 3].enumerated().map { place, frame in
      Patch(
        around: PixelBox(x: 8 * place, y: 0, width: 8, height: 8), frame: frame,
        of: .open(JobID(1)), width: 64, height: 32)
    }
    // The frame that is at hand goes first.
    cutter.replace(with: patches) { $0 == 3 }
    let grey = Frame(width: 64, height: 32, pixels: .init(repeating: 9, count: 6144), time: 0)
    let first = cutter.next(openFrame: { _, _ in grey }, shouldStop: { false })
    #expect(first?.map(\.patch.frame) == [3, 3])
    let second = cutter.next(openFrame: { _, _ in throw Fault() }, shouldStop: { false })
    #expect(second?.map(\.outcome) == [.fault("torn")])
    #expect(cutter.next(openFrame: { _, _ in grey }, shouldStop: { false }) == nil)
    cutter.replace(with: patches) { _ in false }
    cutter.replace(with: []) { _ in false }
    #expect(cutter.isIdle)
  }
}
