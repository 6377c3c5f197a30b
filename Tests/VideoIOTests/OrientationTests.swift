import Testing

@testable import VideoIO

struct OrientationTests {
  /// Pixels a b / c d / e f, two wide and three high.
  private let stored: [UInt8] = Array("abcdef".utf8).flatMap { [$0, $0, $0] }

  private func shown(_ orientation: Orientation) -> String {
    let pixels = orientation.applied(to: stored, width: 2, height: 3)
    return String(decoding: stride(from: 0, to: 18, by: 3).map { pixels[$0] }, as: UTF8.self)
  }

  /// Matrices in units of one; rows a, b, u, c, d, v, x, y, w.
  private func orientation(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> Orientation? {
    let one: Int32 = 1 << 16
    return Orientation(matrix: [a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30])
  }

  @Test func quarterTurnsAndMirrorsMovePixelsWhereTheMatrixSays() throws {
    let upright = try #require(orientation(1, 0, 0, 1))
    #expect(shown(upright) == "abcdef" && upright.rotation == 0 && !upright.isMirrored)
    let clockwise = try #require(orientation(0, 1, -1, 0))
    #expect(shown(clockwise) == "ecafdb" && clockwise.rotation == 90 && !clockwise.isMirrored)
    let around = try #require(orientation(-1, 0, 0, -1))
    #expect(shown(around) == "fedcba" && around.rotation == 180 && !around.isMirrored)
    let counter = try #require(orientation(0, -1, 1, 0))
    #expect(shown(counter) == "bdface" && counter.rotation == 270 && !counter.isMirrored)
    let mirrored = try #require(orientation(-1, 0, 0, 1))
    #expect(shown(mirrored) == "badcfe" && mirrored.rotation == 0 && mirrored.isMirrored)
    let transposed = try #require(orientation(0, 1, 1, 0))
    #expect(shown(transposed) == "acebdf" && transposed.rotation == 90 && transposed.isMirrored)
    #expect(orientation(0, 0, 0, 0) == nil)
  }

  @Test func camerasMarksFollowEXIF() throws {
    #expect(shown(try #require(Orientation(exif: 6))) == "ecafdb")
    #expect(shown(try #require(Orientation(exif: 8))) == "bdface")
    #expect(shown(try #require(Orientation(exif: 3))) == "fedcba")
    #expect(Orientation(exif: 9) == nil)
  }
}
