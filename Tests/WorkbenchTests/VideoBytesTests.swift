import Foundation
import TestSupport
import Testing

@testable import Workbench

extension TerminalTests {
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

  @Test
  func fullMotionAt80x24StaysWithin13KiBAndOneWriteAFrame() throws {
    let bench = try TerminalBench(width: 80, height: 24, depth: .palette256)
    let context = DrawingContext(depth: .palette256)
    var previous: FramePicture?
    var bytes: [Int] = []
    for time in 0..<30 {
      let picture = FramePicture(
        Self.movingPicture(time), size: bench.terminal.size, mode: .half, context: context,
        after: previous)
      previous = picture
      var screen = Screen(size: bench.terminal.size)
      screen.draw(picture, x: 0, y: 0)
      let frame = bench.show(screen)
      try bench.expectEqual(screen, depth: .palette256)
      #expect(frame.writes == 1)
      if time > 0 { bytes.append(frame.bytes) }
    }
    let mean = bytes.reduce(0, +) / bytes.count
    print("full motion 80x24, 256 colours: mean \(mean) bytes, largest \(bytes.max() ?? 0)")
    #expect(mean <= 13 * 1_024)
  }
}
