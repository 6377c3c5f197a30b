import Foundation
import TestSupport
import Testing
import VideoIO

struct HostileInputTests {
  private func refuses(_ path: String) {
    let error = #expect(throws: VideoError.self, "\(path)") { try VideoReader(path: path) }
    let line = error?.description ?? ""
    #expect(line.hasSuffix(".") && !line.contains("\n"), "\(line)")
  }

  @Test func whatIsNoClipIsRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    let contents: [String: Data] = [
      "nothing.mp4": Data(), "text.mp4": Data("This is no film.\n".utf8),
      "text.txt": Data(String(repeating: "All work and no play.\n", count: 400).utf8),
      "zeros.mkv": Data(count: 5000), "list.m3u8": Data("#EXTM3U\n#EXTINF:1,\na.ts\n".utf8),
      "list.ffconcat": Data("ffconcat version 1.0\nfile '/etc/passwd'\n".utf8),
      "page.png": Data("<html></html>".utf8),
    ]
    for (name, data) in contents {
      try data.write(to: URL(fileURLWithPath: folder.file(name)))
      refuses(folder.file(name))
    }
    refuses(folder.file("empty"))
    refuses(folder.file("missing.mp4"))
    refuses("/dev/null")
    refuses("")
  }

  @Test(arguments: [
    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.mkv\n#EXT-X-ENDLIST\n",
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nreal.mkv\n", "ffconcat version 1.0\nfile real.mkv\n",
  ])
  func aListOfFilesUnderAClipsNameOpensNoneOfThem(list: String) throws {
    let folder = try TemporaryFolder()
    let writer = try makeWriter(
      path: folder.file("real.mkv"), width: 16, height: 16, frameRate: Rational(25))
    for frame in clip(2, width: 16, height: 16, rate: Rational(25)) { try writer.append(frame) }
    try writer.finish()
    for name in ["list.mp4", "list.m3u8"] {
      try Data(list.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
      refuses(folder.file(name))
    }
    #expect(try VideoReader(path: folder.file("real.mkv")).info.frameCount == 2)
  }

  @Test func picturesThatClaimAHugeSizeAreRefusedBeforeMemoryIsTaken() throws {
    let folder = try TemporaryFolder()
    // A PNG signature and header: 60000 x 60000, 8 bits, RGB; the checksum is right.
    let bytes: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
      0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0, 0x0F, 0xB0, 0xE2, 0x15,
    ]
    try Data(bytes + [UInt8](repeating: 0, count: 64)).write(
      to: URL(fileURLWithPath: folder.file("huge.png")))
    refuses(folder.file("huge.png"))
  }

  @Test func aFolderWithoutPicturesSaysSo() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("a.txt")))
    #expect(throws: VideoError.noPictures(folder.path)) { try VideoReader(path: folder.path) }
  }

  @Test func numbersInNamesCountAsNumbers() throws {
    let folder = try TemporaryFolder()
    let frames = clip(11, width: 8, height: 8, rate: Rational(25))
    for (number, frame) in frames.enumerated() {
      let writer = try makeWriter(
        path: folder.file("shot \(number + 1).png"), width: 8, height: 8, frameRate: Rational(25))
      try writer.append(frame)
      try writer.finish()
    }
    let reader = try VideoReader(path: folder.path)
    #expect(try reader.frames(0..<11).map(\.pixels) == frames.map(\.pixels))
  }

  @Test func namesThatLookLikeProtocolsOrPatternsAreJustNames() throws {
    let folder = try TemporaryFolder()
    let frame = clip(1, width: 8, height: 8, rate: Rational(25))[0]
    for name in ["http: a%03d.png", "concat:x|y.mkv", "-i.npy.mkv", "ä ö 日本.png"] {
      let writer = try makeWriter(
        path: folder.file(name), width: 8, height: 8, frameRate: Rational(25))
      try writer.append(frame)
      try writer.finish()
      #expect(try VideoReader(path: folder.file(name)).frame(at: 0).pixels == frame.pixels)
    }
  }

  @Test(
    .enabled(if: SharedFolder.isPresent, "needs the shared test data"),
    arguments: [
      "tree_h263.3gp", "keyboard_rot90.mov", "vp80-00-comprehensive-001.ivf", "pixel_1x1.mp4",
      "tiny_av1_1frame.mp4", "traffic_vp9_yuv444.webm", "bear_vp9_161x121.webm",
    ])
  func damagedFilesNeitherCrashNorHang(name: String) throws {
    let folder = try TemporaryFolder()
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: SharedFolder.clip(name))))
    var state: UInt64 = 0x5EED
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<(runsEverything ? 60 : 12) {
      var bytes = original
      if round % 3 == 0 {
        bytes.removeLast(random(bytes.count))
      } else {
        for _ in 0..<(1 << random(7)) { bytes[random(bytes.count)] = UInt8(random(256)) }
      }
      let path = folder.file("damaged-\(round)")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      guard let reader = try? VideoReader(path: path, size: .longerSide(32)) else { continue }
      let count = reader.info.frameCount
      for index in [count - 1, 0, count / 2, count / 3] { _ = try? reader.frame(at: index) }
    }
  }

  @Test(
    .enabled(
      if: SharedFolder.isPresent && FFmpegTool.isPresent, "needs test data and the ffmpeg program"),
    arguments: ["cut.ts", "whole.ts", "raw.h264", "stream.mpg", "packed.avi", "open.mkv"])
  func streamsWithoutAnIndexSeekExactly(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file(name)
    let encoding: [String: [String]] = [
      "cut.ts": ["-c:v", "libx264", "-g", "24", "-f", "mpegts"],
      "whole.ts": ["-c:v", "libx264", "-g", "24", "-f", "mpegts"],
      "raw.h264": ["-c:v", "libx264", "-g", "24", "-f", "h264"],
      "stream.mpg": ["-c:v", "mpeg2video", "-bf", "2", "-f", "mpeg"],
      "packed.avi": ["-c:v", "mpeg4", "-bf", "2", "-g", "20", "-f", "avi"],
      "open.mkv": ["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:bframes=3"],
    ]
    _ = FFmpegTool.run(
      [
        "-i", SharedFolder.clip("nasa_13013.mp4"), "-an", "-map", "0:0", "-frames:v", "90",
        "-vf", "scale=160:90",
      ] + (encoding[name] ?? []) + [path])
    if name == "cut.ts" {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try bytes.dropFirst(188 * 40).write(to: URL(fileURLWithPath: path))
    }
    let linear = try VideoReader(path: path)
    let count = linear.info.frameCount
    #expect(name == "cut.ts" ? (20..<90).contains(count) : count == 90)
    let known = try (0..<count).map { try linear.frame(at: $0).fingerprint }
    let reader = try VideoReader(path: path)
    var index = 1
    for step in 0..<24 {
      index = (index * 11 + 17 * step + 3) % count
      #expect(try reader.frame(at: index).fingerprint == known[index], "frame \(index)")
    }
  }
}
