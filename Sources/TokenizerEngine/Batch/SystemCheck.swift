import Foundation
import Tensors
import VideoIO

/// One thing that works here or does not, with the reason and what to do.
package struct SystemCheck: Sendable {
  package let name: String
  package let isFine: Bool
  package let detail: String
  /// Empty where all is well.
  package let remedy: String

  package init(name: String, isFine: Bool, detail: String, remedy: String = "") {
    self.name = name
    self.isFine = isFine
    self.detail = detail
    self.remedy = isFine ? "" : remedy
  }

  /// Everything that needs no terminal.
  package static func all(model: String?) -> [SystemCheck] {
    [processor, blas, videoLibraries, decoders, encoders, filters, weights(model)]
  }

  private static var processor: SystemCheck {
    let features = Machine.features
    return SystemCheck(
      name: "processor", isFine: features.contains("avx2"),
      detail: "\(Machine.processor), \(Machine.processors) threads, "
        + (features.isEmpty ? "no vector extension known" : features.joined(separator: " ")),
      remedy: "everything works, slowly; a processor with AVX2 or AVX-512 is several times faster")
  }

  private static var blas: SystemCheck {
    SystemCheck(
      name: "libraries for arithmetic", isFine: true,
      detail: "\(Machine.blas); \(Machine.convolutions)")
  }

  private static var videoLibraries: SystemCheck {
    SystemCheck(
      name: "video libraries", isFine: true,
      detail: VideoLibraries.versions.joined(separator: ", ") + ", " + VideoLibraries.licence)
  }

  private static var decoders: SystemCheck {
    availability(
      "decoders",
      of: ["h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mjpeg", "gif", "png"],
      VideoLibraries.canDecode, remedy: "install the Debian package libavcodec-extra")
  }

  private static var encoders: SystemCheck {
    availability(
      "encoders", of: ["libx264", "mpeg4", "ffv1", "gif", "png"], VideoLibraries.canEncode,
      remedy: "without libx264 .mp4 is written as MPEG-4 part 2; install libavcodec-extra")
  }

  private static var filters: SystemCheck {
    availability(
      "filters", of: ["zscale", "tonemap", "palettegen", "paletteuse"], VideoLibraries.hasFilter,
      remedy: "HDR clips look pale without zscale and tonemap; install libavfilter-extra")
  }

  private static func availability(
    _ name: String, of wanted: [String], _ isThere: (String) -> Bool, remedy: String
  ) -> SystemCheck {
    let missing = wanted.filter { !isThere($0) }
    return SystemCheck(
      name: name, isFine: missing.isEmpty,
      detail: missing.isEmpty
        ? wanted.joined(separator: " ") : "missing: " + missing.joined(separator: " "),
      remedy: remedy)
  }

  private static func weights(_ model: String?) -> SystemCheck {
    do {
      let folder = try ModelLocation.find(model)
      let summary = try loadCodec(folder).summary
      return SystemCheck(
        name: "model", isFine: true,
        detail: "\(folder): \(summary.name), \(summary.parameters) parameters, "
          + "sha256 \(summary.sha256)")
    } catch {
      return SystemCheck(
        name: "model", isFine: false, detail: "\(error)",
        remedy: "make checkpoint trains it; --model names another folder")
    }
  }
}
