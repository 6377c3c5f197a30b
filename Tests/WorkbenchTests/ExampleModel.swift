import TokenizerEngine

@testable import VideoIO
@testable import Workbench

/// A workbench in known states, made of the events that an engine would post.
enum ExampleModel {
  static let strides = [
    TokenStride(t: 2, y: 8, x: 8), TokenStride(t: 4, y: 8, x: 8), TokenStride(t: 4, y: 16, x: 16),
    TokenStride(t: 4, y: 32, x: 32),
  ]

  static let summary = ModelSummary(
    name: "nano", sha256: String(repeating: "c0de", count: 16), bits: 16, strides: strides,
    parameters: 10_200_000, encoderReach: 64, decoderReach: 32,
    fields: [
      TokenField(frames: 22, above: 24, below: 31, left: 24, right: 31),
      TokenField(frames: 38, above: 32, below: 39, left: 32, right: 39),
      TokenField(frames: 54, above: 64, below: 79, left: 64, right: 79),
      TokenField(frames: 70, above: 96, below: 127, left: 96, right: 127),
    ])

  static let request = ClipRequest(path: "/clips/example.mp4")

  static func clip(frames: Int = 17, width: Int = 128, height: Int = 128) -> ClipSummary {
    let times = (0..<frames).map { Double($0) / 25 }
    let info = ClipInfo(
      path: request.path, container: "mov,mp4", codec: "h264", pixelFormat: "yuv420p", stream: 0,
      width: width * 4, height: height * 4, codedWidth: width * 4, codedHeight: height * 4,
      frameCount: frames, frameRate: Rational(25), times: times, duration: Double(frames) / 25,
      rotation: 0, isMirrored: false, sampleAspectRatio: Rational(1), isVariableRate: false,
      isInterlaced: false, hasHDR: false, notices: [])
    return ClipSummary(
      request: request, info: info, width: width, height: height, firstFrame: 0,
      frameCount: frames, times: times)
  }

  /// A diagonal ramp that moves with time.
  static func frame(_ index: Int, width: Int = 128, height: Int = 128, shift: Int = 0) -> Frame {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let value = (x + y + 4 * index) % 256
        pixels += [UInt8(value), UInt8((value * 2 + shift) % 256), UInt8(255 - value)]
      }
    }
    return Frame(width: width, height: height, pixels: pixels, time: Double(index) / 25)
  }

  /// Codes that repeat in space and change in time, the finer the more often.
  static func slices(frames: Int, width: Int = 128, height: Int = 128) -> [TokenSlice] {
    let pyramid = TokenPyramid(model: summary, frames: frames, width: width, height: height)
    return pyramid.levels.map { grid in
      var codes: [UInt32] = []
      var margins: [Float] = []
      for step in 0..<grid.steps {
        for row in 0..<grid.rows {
          for column in 0..<grid.columns {
            let code = UInt32((row / 2 * 37 + column / 2 * 101 + step / grid.level * 977) % 65_536)
            codes.append(code)
            for bit in 0..<16 {
              let size = Float((row + column + bit * 5) % 20) / 10 + 0.05
              margins.append(code >> UInt32(15 - bit) & 1 == 1 ? size : -size)
            }
          }
        }
      }
      return TokenSlice(
        level: grid.level, firstStep: 0, rows: grid.rows, columns: grid.columns, codes: codes,
        margins: margins)
    }
  }

  /// Just started: nothing has answered yet.
  static func started(_ size: Size) -> AppModel {
    var model = AppModel(size: size)
    model.look.themes = ["dark", "light"]
    _ = model.start(request, model: nil, caption: nil)
    return model
  }

  /// The clip is open, the model still loads.
  static func opened(_ size: Size, clip: ClipSummary = clip()) -> AppModel {
    var model = started(size)
    _ = model.update(.engine(.clipOpened(clip, job: JobID(1))))
    _ = model.update(
      .engine(
        .picture(index: 0, frame(0, width: clip.width, height: clip.height), clip: JobID(1))))
    return model
  }

  /// Everything is tokenized and reconstructed.
  static func tokenized(_ size: Size, clip: ClipSummary = clip()) -> AppModel {
    var model = opened(size, clip: clip)
    _ = model.update(.engine(.modelLoaded(summary, job: JobID(2))))
    _ = model.update(.engine(.finished(JobID(2))))
    model.tokens.row = 0
    model.tokens.column = 0
    let job = JobID(3)
    let slices = slices(frames: clip.frameCount, width: clip.width, height: clip.height)
    _ = model.update(.engine(.tokens(slices, job: job)))
    let frames = (0..<clip.frameCount).map {
      frame($0, width: clip.width, height: clip.height, shift: 8)
    }
    let psnr = frames.indices.map { 24 + Double($0 % 5) / 2 }
    _ = model.update(
      .engine(.reconstructed(first: 0, frames: frames, psnr: psnr, muting: Mutes(), job: job)))
    let statistics =
      model.tokens.pyramid?.levels.map {
        LevelUsage(level: $0.level, bits: 16, counts: $0.counts)
      } ?? []
    _ = model.update(.engine(.statistics(statistics, job: job)))
    if let pyramid = model.tokens.pyramid {
      _ = model.update(.engine(.findings(CodebookFindings(pyramid), job: job)))
    }
    _ = model.update(.engine(.finished(job)))
    return model
  }

  /// Half done, so that progress shows.
  static func halfway(_ size: Size) -> AppModel {
    var model = opened(size)
    _ = model.update(.engine(.modelLoaded(summary, job: JobID(2))))
    _ = model.update(.engine(.finished(JobID(2))))
    let progress = JobProgress(done: 2, total: 5, framesPerSecond: 12.34)
    _ = model.update(.engine(.progress(progress, job: JobID(3))))
    return model
  }
}
