import Foundation
import TestSupport
import Testing
import VideoIO

struct VideoWriterTests {
  private func write(
    _ frames: [Frame], to path: String, rate: Rational = Rational(25), times: [Double]? = nil
  ) throws {
    let writer = try makeWriter(
      path: path, width: frames[0].width, height: frames[0].height, frameRate: rate, times: times)
    for frame in frames { try writer.append(frame) }
    try writer.finish()
  }

  @Test(arguments: [(1, 1), (2, 2), (1, 9), (30, 2), (15, 16), (16, 16), (161, 121), (64, 48)])
  func losslessVideoComesBackBitForBit(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let frames = clip(5, width: width, height: height, rate: Rational(30_000, 1001))
    try write(frames, to: folder.file("a.mkv"), rate: Rational(30_000, 1001))
    let reader = try VideoReader(path: folder.file("a.mkv"))
    #expect(reader.info.frameCount == 5 && reader.info.frameRate == Rational(30_000, 1001))
    #expect(try reader.frames(0..<5).map(\.pixels) == frames.map(\.pixels))
    #expect(try folder.contents() == ["a.mkv"])
  }

  @Test func sameFramesGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let frames = clip(4, width: 70, height: 50, rate: Rational(25))
    try write(frames, to: folder.file("a.mkv"))
    try write(frames, to: folder.file("b.mkv"))
    let files = try ["a.mkv", "b.mkv"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.file($0)))
    }
    #expect(files[0] == files[1])
  }

  @Test(arguments: [(1, 1, 2, 2), (161, 121, 162, 122), (64, 48, 64, 48)])
  func mp4PadsOddSidesAndKeepsTheRate(
    width: Int, height: Int, outWidth: Int, outHeight: Int
  ) throws {
    let folder = try TemporaryFolder()
    let frames = clip(12, width: width, height: height, rate: Rational(30_000, 1001))
    try write(frames, to: folder.file("a.mp4"), rate: Rational(30_000, 1001))
    let reader = try VideoReader(path: folder.file("a.mp4"))
    #expect(reader.info.width == outWidth && reader.info.height == outHeight)
    #expect(reader.info.frameCount == 12 && reader.info.frameRate == Rational(30_000, 1001))
    #expect(!reader.info.isVariableRate)
    let back = try reader.frame(at: 7).cropped(width: width, height: height)
    if width > 1 { #expect(psnr(back.pixels, frames[7].pixels) > 24) }
  }

  @Test(arguments: ["a.mp4", "a.mkv"])
  func variableTimesAreKept(name: String) throws {
    let folder = try TemporaryFolder()
    let times = [0, 0.04, 0.12, 0.5, 0.56, 1.25]
    let frames = clip(6, width: 32, height: 32, rate: Rational(25))
    try write(frames, to: folder.file(name), times: times)
    let info = try VideoReader(path: folder.file(name)).info
    #expect(info.frameCount == 6 && info.isVariableRate)
    for (found, wanted) in zip(info.times, times) { #expect(abs(found - wanted) < 0.0006) }
  }

  @Test func gifShowsTheFramesInItsPalette() throws {
    let folder = try TemporaryFolder()
    let frames = clip(6, width: 61, height: 40, rate: Rational(20))
    try write(frames, to: folder.file("a.gif"), rate: Rational(20))
    let reader = try VideoReader(path: folder.file("a.gif"))
    #expect(reader.info.frameCount == 6 && reader.info.width == 61 && reader.info.height == 40)
    #expect(abs(reader.info.times[5] - 0.25) < 0.011)
    #expect(try psnr(reader.frame(at: 4).pixels, frames[4].pixels) > 20)
    #expect(try folder.contents() == ["a.gif"])
  }

  @Test func picturesComeBackBitForBit() throws {
    let folder = try TemporaryFolder()
    let frames = clip(12, width: 33, height: 17, rate: Rational(25))
    try write(frames, to: folder.file("pictures"))
    try write(frames, to: folder.file("pictures/"))
    #expect(try folder.contents() == ["pictures"])
    let reader = try VideoReader(path: folder.file("pictures"))
    #expect(try reader.frames(0..<12).map(\.pixels) == frames.map(\.pixels))
    try write([frames[3]], to: folder.file("one.png"))
    #expect(try VideoReader(path: folder.file("one.png")).frame(at: 0).pixels == frames[3].pixels)
  }

  @Test func arraysHoldTheBytesInOrder() throws {
    let folder = try TemporaryFolder()
    let frames = clip(3, width: 5, height: 4, rate: Rational(25))
    try write(frames, to: folder.file("a.npy"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.npy"))))
    #expect(String(decoding: bytes[10..<128], as: UTF8.self).contains("'shape': (3, 4, 5, 3)"))
    #expect(Array(bytes[128...]) == frames.flatMap(\.pixels))
  }

  @Test(arguments: ["a.mp4", "a.mkv", "a.gif", "a.npy", "pictures", "a.png"])
  func aWriterLetGoLeavesNothing(name: String) throws {
    let folder = try TemporaryFolder()
    do {
      let frames = clip(1, width: 16, height: 16, rate: Rational(25))
      let writer = try makeWriter(
        path: folder.file(name), width: 16, height: 16, frameRate: Rational(25))
      try writer.append(frames[0])
    }
    #expect(try folder.contents() == [])
  }

  @Test func placesThatCannotBeWrittenAreRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("notes.txt")))
    try FileManager.default.createDirectory(
      atPath: folder.file("full"), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("full/notes.txt")))
    let places = [
      folder.file("nowhere/a.mp4"), folder.file("nowhere/a.npy"), folder.file("notes.txt"),
      folder.file("full"), "/dev/null", "/dev/full",
    ]
    for place in places {
      let error = #expect(throws: VideoError.self, "\(place)") {
        try write(clip(1, width: 8, height: 8, rate: Rational(25)), to: place)
      }
      #expect(error?.description.contains("\n") == false)
    }
    #expect(try folder.contents() == ["full", "notes.txt"])
  }

  @Test(
    .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "needs a small disk"),
    arguments: ["a.npy", "a.mkv", "a.mp4", "a.gif", "pictures"])
  func aFullDiskLeavesNothing(name: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file(name)
    // A process of its own, for the limit on file sizes holds for all of it.
    await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      signal(SIGXFSZ, SIG_IGN)
      do {
        let writer = try makeWriter(path: path, width: 160, height: 160, frameRate: Rational(25))
        var state: UInt64 = 1
        for _ in 0..<4 {
          let noise = (0..<160 * 160 * 3).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 40)
          }
          try writer.append(Frame(width: 160, height: 160, pixels: noise, time: 0))
        }
        try writer.finish()
      } catch let error as VideoError {
        if !error.description.contains("\n") && error.description.contains(path) { stopWith7() }
      }
    }
    #expect(try folder.contents() == [])
  }
}

/// Leaves after the writer has gone.
private func stopWith7() { atexit { _exit(7) } }
