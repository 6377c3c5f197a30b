import Foundation
import TestSupport
import Testing
import VideoIO

@testable import Workbench

/// What a full-motion frame of 80x24 costs in 256 colours, and how far its colours are off.
extension TerminalTests {
  private static let size = Size(width: 80, height: 24)

  /// Clips in which everything moves; the natural ones only where they are.
  private static let natural = [
    "juggle_720p_h264.mp4", "coffee_720p_h264.mp4", "bunny_cave.mp4", "carphone_pristine.mp4",
  ]

  /// A textured plane that turns and comes nearer: every pixel moves in every frame.
  private static func movingPicture(_ time: Int) -> PixelImage {
    var image = PixelImage(width: 160, height: 96)
    let angle = 0.02 * Double(time)
    for y in 0..<96 {
      for x in 0..<160 {
        let (u, v) = (Double(x) - 80, Double(y) - 48)
        let (s, t) = (u * cos(angle) - v * sin(angle), u * sin(angle) + v * cos(angle))
        let zoom = 0.09 - 0.0004 * Double(time)
        let wave = sin(s * zoom * 1.9) + sin(t * zoom * 1.3 + 1) + 0.4 * sin((s + t) * zoom * 4.1)
        let light = 128 + 38 * wave
        image[x, y] = RGB(
          UInt8(min(255, max(0, light + 20 * sin(t * zoom)))), UInt8(min(255, max(0, light))),
          UInt8(min(255, max(0, light - 25 * cos(s * zoom)))))
      }
    }
    return image
  }

  /// Noise that changes entirely from frame to frame: nothing is dearer.
  private static func noise(_ time: Int) -> PixelImage {
    var random = SplitMix(state: UInt64(time))
    var image = PixelImage(width: 160, height: 48)
    for index in image.pixels.indices { image.pixels[index] = UInt8(random.below(256)) }
    return image
  }

  private static func frames(of path: String) throws -> [PixelImage] {
    let reader = try VideoReader(path: path, size: WorkingSize(argument: "160x96") ?? .native)
    return try (0..<min(40, reader.info.frameCount)).map { index in
      let frame = try reader.frame(at: index)
      return PixelImage(width: frame.width, height: frame.height, pixels: frame.pixels)
    }
  }

  /// Shows pictures one after the other; the bytes of each, and the mean error of their colours.
  private func play(
    _ images: [PixelImage], mode: PictureMode, budget: Double? = nil, on bench: TerminalBench
  ) throws -> (bytes: [Int], error: Double) {
    var context = DrawingContext(depth: .palette256)
    if let budget { context.pictureBytesPerCell = budget }
    bench.show(Screen(size: Self.size))
    var previous: FramePicture?
    var bytes: [Int] = []
    var error = 0.0
    for image in images {
      let picture = FramePicture(
        image, size: Self.size, mode: mode, context: context, after: previous)
      previous = picture
      var screen = Screen(size: Self.size)
      screen.draw(picture, x: 0, y: 0)
      let frame = bench.show(screen)
      try bench.expectEqual(screen, depth: .palette256)
      #expect(frame.writes <= 1)
      bytes.append(frame.bytes)
      error += Self.error(picture, image) / Double(images.count)
    }
    return (bytes, error)
  }

  /// The mean distance of what is shown from the picture, in OKLab times 100.
  private static func error(_ picture: FramePicture, _ image: PixelImage) -> Double {
    let density = picture.mode.density
    let image = image.scaled(width: size.width * density.x, height: size.height * density.y)
    let glyphs: [String] = [
      " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]
    var sum = 0.0
    for y in 0..<image.height {
      for x in 0..<image.width {
        let cell = picture.cells[y / density.y * size.width + x / density.x]
        let mask = glyphs.firstIndex(of: cell.text) ?? 0
        let isFirst = mask >> (2 * (y % 2) + (density.x == 1 ? 0 : x % 2)) & 1 == 1
        let color = isFirst ? cell.style.foreground : cell.style.background
        guard case .palette(let entry) = color.kind else { continue }
        let (one, two) = (OKLab(Palette256.colors[Int(entry)]), OKLab(image[x, y]))
        let (l, a, b) = (one.lightness - two.lightness, one.a - two.a, one.b - two.b)
        sum += Double((l * l + a * a + b * b).squareRoot())
      }
    }
    return 100 * sum / Double(image.width * image.height)
  }

  private func expectSmallFrames(
    _ images: [PixelImage], mode: PictureMode, name: String, worst: Double
  ) throws {
    let bench = try TerminalBench(width: 80, height: 24, depth: .palette256)
    let free = try play(images, mode: mode, budget: 1e6, on: bench)
    let (bytes, error) = try play(images, mode: mode, on: bench)
    let mean = bytes.reduce(0, +) / bytes.count
    let most = bytes.max() ?? 0
    print(
      "\(name), \(mode.rawValue): \(mean) bytes a frame, most \(most), error",
      (error * 100).rounded() / 100, "; unlimited:", free.bytes.reduce(0, +) / bytes.count,
      free.bytes.max() ?? 0, (free.error * 100).rounded() / 100)
    #expect(most <= 13 * 1_024)
    #expect(error <= free.error * worst)
  }

  @Test(arguments: [PictureMode.half, .quadrant])
  func everyFullMotionFrameOf80x24StaysWithin13KiBAndOneWrite(mode: PictureMode) throws {
    try expectSmallFrames(
      (0..<30).map(Self.movingPicture), mode: mode, name: "turning plane", worst: 1.2)
    for name in Self.natural where SharedFolder.isPresent {
      let path = SharedFolder.clip(name)
      guard FileManager.default.fileExists(atPath: path) else { continue }
      try expectSmallFrames(Self.frames(of: path), mode: mode, name: name, worst: 1.2)
    }
    // Noise cannot be shown in so few bytes; it is to fit all the same.
    try expectSmallFrames((0..<6).map(Self.noise), mode: mode, name: "noise", worst: 5)
  }

  @Test(arguments: [PictureMode.half, .quadrant])
  func aPictureThatComesToRestIsSoonExact(mode: PictureMode) throws {
    let context = DrawingContext(depth: .palette256)
    var previous: FramePicture?
    for time in 0..<5 {
      previous = FramePicture(
        Self.noise(time), size: Self.size, mode: mode, context: context, after: previous)
    }
    let still = Self.noise(4)
    let exact = FramePicture(
      still, size: Self.size, mode: mode,
      context: {
        var context = context
        context.pictureBytesPerCell = 1e6
        return context
      }())
    #expect(previous?.cells != exact.cells)
    var frames = 0
    while previous?.cells != exact.cells, frames < 30 {
      previous = FramePicture(
        still, size: Self.size, mode: mode, context: context, after: previous)
      frames += 1
    }
    print("noise, \(mode.rawValue): exact after \(frames) frames at rest")
    #expect(frames <= 5)
  }
}
