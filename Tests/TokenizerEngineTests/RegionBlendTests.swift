import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

private func flat(_ value: UInt8, width: Int, height: Int, time: Double = 0) -> Frame {
  Frame(
    width: width, height: height,
    pixels: [UInt8](repeating: value, count: width * height * 3), time: time)
}

@Suite struct RegionBlendTests {
  /// Columns 20–23 of 60; all rows.
  private let strip = ClipRegion(box: PixelBox(x: 20, y: 0, width: 4, height: 2))

  @Test func theNewPictureFadesOutOverTheMargin() {
    let blend = RegionBlend(strip, frames: 1, comparable: 1, width: 60, height: 2)
    let old = flat(0, width: 60, height: 2)
    let new = flat(90, width: 60, height: 2, time: 3)
    let result = blend.blended(new, over: old, index: 0)
    #expect(result.time == 3)
    let line = (0..<60).map { result.pixels[3 * $0] }
    #expect(result.pixels == (line + line).flatMap { [$0, $0, $0] })
    #expect(line[12..<32].allSatisfy { $0 == 90 }, "the box and half of the margin")
    #expect(Array(line[32..<41]) == [80, 70, 60, 50, 40, 30, 20, 10, 0])
    #expect(Array(line[3..<12]) == [0, 10, 20, 30, 40, 50, 60, 70, 80])
    #expect(line[0..<3].allSatisfy { $0 == 0 } && line[41...].allSatisfy { $0 == 0 })
  }

  @Test func whatLiesOutsideIsCountedWhereItIsOffByMoreThanTwo() {
    let blend = RegionBlend(strip, frames: 3, comparable: 2, width: 60, height: 2)
    // Columns 4–39 belong to the zone, and one frame has nothing to be compared with.
    #expect(blend.outsidePixels == 2 * 2 * 24)
    let old = flat(100, width: 60, height: 2)
    var new = old
    for column in [3, 4, 39, 40, 59] { new.pixels[3 * column + 1] = 103 }
    #expect(blend.changedOutside(new, old, index: 0) == 3)
    #expect(blend.changedOutside(old, new, index: 0) == 3)
    for column in [3, 4, 39, 40, 59] { new.pixels[3 * column + 1] = 98 }
    #expect(blend.changedOutside(new, old, index: 0) == 0)
    new.pixels[60 * 3 + 2] = 255
    new.pixels[60 * 3] = 0
    #expect(blend.changedOutside(new, old, index: 0) == 1, "a pixel counts once")
    #expect(
      blend.changedOutside(blend.blended(new, over: old, index: 0), old, index: 0) == 0)
  }

  @Test func framesFadeOutLikePixels() {
    let region = ClipRegion(span: 8..<10)
    let blend = RegionBlend(region, frames: 20, comparable: 20, width: 2, height: 1)
    #expect(blend.changedFrames == 4..<14)
    #expect(blend.outsidePixels == 10 * 2)
    let shown = (0..<20).map {
      blend.blended(flat(90, width: 2, height: 1), over: flat(0, width: 2, height: 1), index: $0)
        .pixels[0]
    }
    #expect(Array(shown[4..<14]) == [30, 60, 90, 90, 90, 90, 90, 90, 60, 30])
    #expect(shown.count { $0 > 0 } == 10)
    let (old, new) = (flat(0, width: 2, height: 1), flat(9, width: 2, height: 1))
    #expect((0..<20).map { blend.changedOutside(new, old, index: $0) }.reduce(0, +) == 20)
  }

  @Test func aWholeFrameHasNoOutsideAndIsTakenAsItIs() {
    let blend = RegionBlend(
      ClipRegion(levels: [3]), frames: 2, comparable: 2, width: 6, height: 4)
    #expect(blend.outsidePixels == 0)
    #expect(blend.changedFrames == 0..<2)
    let new = flat(200, width: 6, height: 4)
    #expect(blend.blended(new, over: flat(0, width: 6, height: 4), index: 1) == new)
  }
}
