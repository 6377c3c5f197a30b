import Foundation
import VideoIO

func sine(_ x: Double) -> Double { sin(x) }

extension Frame {
  /// A short fingerprint, so that long clips can be compared without being kept.
  var fingerprint: UInt64 {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(width) << 32 ^ UInt64(height)
    for byte in pixels { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return sum
  }

  /// The upper left part.
  func cropped(width newWidth: Int, height newHeight: Int) -> Frame {
    var bytes: [UInt8] = []
    for y in 0..<newHeight { bytes += pixels[y * width * 3..<(y * width + newWidth) * 3] }
    return Frame(width: newWidth, height: newHeight, pixels: bytes, time: time)
  }

  /// Smooth colours with a bright box that moves with `number`.
  static func drawn(_ number: Int, width: Int, height: Int, time: Double) -> Frame {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let isBox = (x - 3 * number) / 8 == 1 && y / 8 == 1
        pixels.append(isBox ? 250 : UInt8((x * 3 + number) & 127))
        pixels.append(isBox ? 40 : UInt8((y * 5) & 127))
        pixels.append(UInt8((x + y) & 255))
      }
    }
    return Frame(width: width, height: height, pixels: pixels, time: time)
  }
}

func clip(_ count: Int, width: Int, height: Int, rate: Rational) -> [Frame] {
  (0..<count).map {
    Frame.drawn($0, width: width, height: height, time: Double($0) / rate.value)
  }
}

func psnr(_ left: [UInt8], _ right: [UInt8]) -> Double {
  let squares = zip(left, right).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return 10 * log10(65_025 / max(squares / Double(left.count), 1e-9))
}

/// The ffmpeg program, where it is installed: only ever a second opinion.
enum FFmpegTool {
  static let isPresent = ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Runs `ffmpeg` with these words, quoted where needed, and gives what it wrote to stdout.
  static func run(_ words: [String]) -> [UInt8] {
    let quoted = words.map { "'" + $0 + "'" }.joined(separator: " ")
    guard let pipe = popen("ffmpeg -nostdin -v quiet -y " + quoted + " 2>/dev/null", "r") else {
      return []
    }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      if count == 0 { return bytes }
      bytes += chunk[0..<count]
    }
  }
}
