import Foundation
import TestSupport
import Testing

/// One clip of the shared test data, as its manifest describes it.
struct ManifestClip: Decodable, Sendable, CustomTestStringConvertible {
  enum Expectation: String, Decodable {
    case decode
    case decodePartly = "decode_partly"
    case refuse
  }

  var path: String
  var kind: String
  var expect: Expectation?
  var frames: Int?
  var width: Int?
  var height: Int?
  var rotation: Int?
  var duration: Double?

  var file: String { SharedFolder.file("data/" + path) }
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  var testDescription: String { name }

  /// The manifest describes this file's first video stream, which is not libav's best.
  var stream: Int? { name == "nasa_13013.mp4" ? 0 : nil }

  static let all: [ManifestClip] = {
    guard SharedFolder.isPresent,
      let text = try? String(
        contentsOfFile: SharedFolder.file("data/manifest.jsonl"), encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(ManifestClip.self, from: Data($0.utf8))
    }.filter { $0.kind == "clip" }
  }()

  static let decodable = all.filter { $0.expect != .refuse }

  /// Small or short ones, one of each kind, for the everyday run.
  static let sampled: [ManifestClip] = {
    let names: Set<String> = [
      "rabbit_h264.mp4", "rabbit_vp8.webm", "rabbit_mjpeg.avi", "nasa_13013.mp4",
      "testsrc2_hevc_10bit.mp4", "newtonscradle.gif", "carphone_distorted.mp4",
      "keyboard_rot90.mov", "awesome movie.mov", "pixel_1x1.mp4", "bear_vp9_161x121.webm",
      "tree_h263.3gp", "vp80-00-comprehensive-006.ivf", "av1_sizeup.ivf",
      "traffic_vp9_yuv444.webm", "tiny_av1_1frame.mp4", "gannets_mpeg4.avi",
    ]
    return runsEverything ? decodable : decodable.filter { names.contains($0.name) }
  }()
}

let runsEverything = ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] == "1"
