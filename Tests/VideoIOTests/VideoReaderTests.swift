import Foundation
import TestSupport
import Testing
import VideoIO

@Suite(.enabled(if: SharedFolder.isPresent, "needs the shared test data"))
struct VideoReaderTests {
  @Test(arguments: ManifestClip.all)
  func everyClipOpensOrRefusesAsTheManifestSays(clip: ManifestClip) throws {
    guard clip.expect != .refuse else {
      let error = #expect(throws: VideoError.self) { try VideoReader(path: clip.file) }
      let line = error?.description ?? ""
      #expect(line.hasPrefix(clip.file) && line.hasSuffix(".") && !line.contains("\n"))
      return
    }
    let reader = try VideoReader(path: clip.file, stream: clip.stream, size: .longerSide(64))
    let info = reader.info
    #expect(info.frameCount == clip.frames)
    #expect(info.codedWidth == clip.width && info.codedHeight == clip.height)
    #expect(info.times.count == info.frameCount && info.times[0] == 0)
    #expect(zip(info.times, info.times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(info.notices.isEmpty == (clip.expect == .decode))
    #expect(info.notices.allSatisfy { !$0.contains("\n") })
    let turned = ((info.rotation == 270 ? -90 : info.rotation) + 360) % 360
    #expect(turned == ((-(clip.rotation ?? 0)) + 360) % 360)
  }

  @Test(arguments: ["vp80-00-comprehensive-001.ivf", "vp80-00-comprehensive-006.ivf"])
  func vp8FramesHaveTheirKnownMD5(name: String) throws {
    let list = SharedFolder.file("data/known_answers/vp8/\(name).md5")
    let known = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map {
      String($0.prefix(32))
    }
    let reader = try VideoReader(path: SharedFolder.clip(name))
    let found = try (0..<reader.info.frameCount).map {
      MD5.hex(try reader.decodedPlanes(at: $0))
    }
    #expect(found == known)
  }

  @Test(arguments: [(0, 30), (3, 0), (3, 35)])
  func referenceFramesAreEqualByteForByte(stream: Int, frame: Int) throws {
    let number = String(repeating: "0", count: 6 - String(frame).count) + String(frame)
    let file = SharedFolder.file(
      "data/known_answers/torchcodec/nasa_13013.mp4.stream\(stream).frame\(number).rgb")
    let known = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    let reader = try VideoReader(path: SharedFolder.clip("nasa_13013.mp4"), stream: stream)
    #expect(try reader.frame(at: frame).pixels == known)
  }

  @Test(arguments: [0, 3])
  func timesAreThoseOfTheStream(stream: Int) throws {
    struct Time: Decodable {
      var start: String
      enum CodingKeys: String, CodingKey { case start = "pts_time" }
    }
    let file = SharedFolder.file(
      "data/known_answers/torchcodec/nasa_13013.mp4.stream\(stream).all_frames_info.json")
    let known = try JSONDecoder().decode(
      [Time].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    let times = try VideoReader(path: SharedFolder.clip("nasa_13013.mp4"), stream: stream).info
      .times
    #expect(times.count == known.count)
    for (time, reference) in zip(times, known) {
      #expect(abs(time - (Double(reference.start) ?? -1)) < 2e-6)
    }
  }

  @Test(arguments: ManifestClip.sampled)
  func anySeekGivesTheFrameOfLinearDecoding(clip: ManifestClip) throws {
    let size = WorkingSize.longerSide(160)
    let linear = try VideoReader(path: clip.file, stream: clip.stream, size: size)
    let count = linear.info.frameCount
    let known = try (0..<count).map { try linear.frame(at: $0).fingerprint }
    let reader = try VideoReader(path: clip.file, stream: clip.stream, size: size)
    // A fixed walk: far jumps, then a step back, a step on.
    var index = count / 2
    for step in 0..<(runsEverything ? 40 : 8) {
      index = (index * 7 + 13 * step + 5) % count
      for visited in [index, max(0, index - 1), min(count - 1, index + 1)] {
        #expect(try reader.frame(at: visited).fingerprint == known[visited], "frame \(visited)")
      }
    }
  }

  @Test(.enabled(if: FFmpegTool.isPresent, "needs the ffmpeg program"))
  func displayFormIsWhatFFmpegShows() throws {
    let names = [
      "office_rotate_reflect.mp4", "keyboard_rot90.mov", "testsrc2_hevc_10bit.mp4",
      "bear_vp9_161x121.webm", "traffic_vp9_yuv444.webm", "newtonscradle.gif",
    ]
    for name in names {
      let reader = try VideoReader(path: SharedFolder.clip(name))
      let ours = try reader.frames(0..<reader.info.frameCount).flatMap(\.pixels)
      let theirs = FFmpegTool.run([
        "-i", SharedFolder.clip(name), "-fps_mode", "passthrough", "-f", "rawvideo",
        "-pix_fmt", "rgb24", "-",
      ])
      #expect(ours == theirs, "\(name)")
    }
  }

  @Test func samplePixelsBecomeSquare() throws {
    let reader = try VideoReader(path: SharedFolder.clip("carphone_distorted.mp4"))
    #expect(reader.info.sampleAspectRatio == Rational(128, 117))
    #expect(reader.info.codedWidth == 176 && reader.info.codedHeight == 144)
    #expect(reader.info.width == 193 && reader.info.height == 144)
    let square = try VideoReader(
      path: SharedFolder.clip("carphone_distorted.mp4"), size: .square(128))
    #expect(try square.frame(at: 3).width == 128)
  }

  @Test func aStreamThatChangesSizeKeepsTheSizeOfItsFirstFrame() throws {
    let reader = try VideoReader(path: SharedFolder.clip("av1_sizeup.ivf"))
    let frames = try reader.frames(0..<reader.info.frameCount)
    #expect(frames.allSatisfy { $0.width == 352 && $0.height == 288 })
  }

  @Test func interlacedFramesGiveAPictureWithoutCombs() throws {
    let reader = try VideoReader(path: SharedFolder.clip("desk_interlaced.mp4"))
    #expect(reader.info.isInterlaced)
    let index = 60
    let picture = try reader.frame(at: index)
    let planes = try reader.decodedPlanes(at: index)
    let luma = (0..<picture.height).map { y in
      (0..<picture.width).map { Int(planes[y * picture.width + $0]) }
    }
    let green = (0..<picture.height).map { y in
      (0..<picture.width).map { Int(picture.pixels[(y * picture.width + $0) * 3 + 1]) }
    }
    #expect(combing(green) < 0.6 * combing(luma))
  }

  /// How much neighbouring lines differ beyond lines two apart.
  private func combing(_ rows: [[Int]]) -> Double {
    var sum = 0.0
    for y in 1..<rows.count - 1 {
      for x in rows[y].indices {
        let near = abs(2 * rows[y][x] - rows[y - 1][x] - rows[y + 1][x])
        let far = abs(rows[y - 1][x] - rows[y + 1][x])
        sum += Double(max(0, near - 2 * far))
      }
    }
    return sum
  }

  @Test func highDynamicRangeIsMappedToOrdinaryBrightness() throws {
    let reader = try VideoReader(
      path: SharedFolder.clip("roof_hdr10_av1_portrait.mp4"), size: .longerSide(64))
    #expect(reader.info.hasHDR && reader.info.pixelFormat == "yuv420p10le")
    let pixels = try reader.frame(at: 1).pixels
    let mean = pixels.reduce(0) { $0 + Int($1) } / pixels.count
    #expect((30...200).contains(mean))
    #expect((pixels.max() ?? 0) > 200)
  }

  @Test func headersAreNotBelieved() throws {
    let info = try VideoReader(path: SharedFolder.clip("office_fragmented.mp4"), size: .square(16))
      .info
    #expect(info.frameCount == 30 && abs(info.duration - 1.001) < 0.01)
    #expect(info.frameRate == Rational(30_000, 1001))
  }

  @Test func variableFrameTimesAreKept() throws {
    let info = try VideoReader(path: SharedFolder.clip("awesome movie.mov"), size: .square(16)).info
    #expect(info.isVariableRate && info.frameCount == 123)
    let steps = zip(info.times.dropFirst(), info.times).map { $0 - $1 }
    #expect((steps.max() ?? 0) > 1.5 * (steps.min() ?? 1))
    let steady = try VideoReader(path: SharedFolder.clip("rabbit_vp8.webm"), size: .square(16)).info
    #expect(!steady.isVariableRate && steady.frameRate == Rational(30))
  }

  @Test func officeFamilyHasItsKnownPlanes() throws {
    let known = [
      "office_rotate_reflect.mp4": "b7bc75b30e94351aff6b425c4701265e",
      "office_h264.flv": "e5c4d883dbe6e3c6a2909aaa34e765a6",
      "office_fragmented.mp4": "7df25ac348aee095a85f7fd9dcb065ed",
    ]
    for (name, digest) in known {
      let reader = try VideoReader(path: SharedFolder.clip(name), size: .square(16))
      var hash = MD5()
      for index in 0..<reader.info.frameCount { hash.update(try reader.decodedPlanes(at: index)) }
      #expect(hash.finish() == digest, "\(name)")
    }
  }

  @Test func aFolderOfPicturesIsAClip() throws {
    let reader = try VideoReader(
      path: SharedFolder.file("data/vos/davis_dog/frames"), size: .longerSide(64))
    #expect(reader.info.frameCount == 60 && reader.info.container == "pictures")
    #expect(try reader.frame(at: 59) != reader.frame(at: 0))
    #expect(try reader.frame(at: 59).time == 59.0 / 25)
  }

  @Test func aStreamThatIsNoVideoIsRefusedWithTheChoices() throws {
    let path = SharedFolder.clip("nasa_13013.mp4")
    #expect(throws: VideoError.noSuchStream(path, stream: 1, available: [0, 3])) {
      try VideoReader(path: path, stream: 1)
    }
  }
}
