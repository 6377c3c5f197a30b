import Evaluation
import Foundation
import Tokenization
import TokenizerEngine
import Training

/// A number with so many digits behind the point; what rounds to zero has no sign.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  let text = String(format: "%.\(digits)f", value)
  return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) }
    ? String(text.dropFirst()) : text
}

/// The most memory that the program has held, in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

extension JSONObject {
  mutating func set(_ result: TokenizedClip) {
    let tokens = result.tokens
    set("frames", tokens.frames)
    set("width", tokens.width)
    set("height", tokens.height)
    set("frame_rate", tokens.frameRate.framesPerSecond)
    set(
      "levels",
      tokens.grids.map { grid in
        JSONObject {
          $0.set("level", grid.level)
          $0.set("grid", grid.shape)
          $0.set("tokens", grid.count)
          $0.set("bits", tokens.bits)
        }
      })
    set("bits_per_pixel", tokens.bitsPerPixel)
    set("seconds", result.seconds)
    set("frames_per_second", result.framesPerSecond)
    set("peak_rss_bytes", peakMemory())
  }

  init(_ alert: Alert) {
    self.init {
      $0.set("id", alert.id)
      $0.set("severity", alert.severity.rawValue)
      $0.set("level", alert.level)
      $0.set("text", alert.text)
      $0.set("remedy", alert.remedy)
      $0.set("basis", alert.basis)
    }
  }
}

extension JSONObject {
  private static let tooSmall = "frames are smaller than the window of 11 pixels"

  init(_ report: ReconstructionReport) {
    self.init {
      $0.set("path", report.path)
      $0.set("frames", report.frames)
      $0.set("width", report.width)
      $0.set("height", report.height)
      $0.set("psnr_db", report.psnr, note: report.psnr == .infinity ? "equal frames" : nil)
      $0.set("ssim", report.ssim, note: JSONObject.tooSmall)
      $0.set("bits_per_pixel", report.bitsPerPixel)
      $0.set("seconds", report.seconds)
      $0.set("notices", report.notices)
    }
  }

  init(meanOf reports: [ReconstructionReport]) {
    self.init {
      $0.set("psnr_db", mean(reports.map(\.psnr)))
      $0.set("ssim", mean(reports.compactMap(\.ssim)), note: JSONObject.tooSmall)
      $0.set("bits_per_pixel", mean(reports.map(\.bitsPerPixel)))
    }
  }

  init(_ sample: SampleRecord) {
    self.init {
      $0.set("path", sample.path)
      $0.set("masks", sample.masks)
      $0.set("caption", sample.caption)
      $0.set(known: sample)
    }
  }

  /// A line of the list beside the clips: names without the folder that they share.
  init(listing sample: SampleRecord) {
    self.init {
      $0.set("path", (sample.path as NSString).lastPathComponent)
      $0.set("caption", sample.caption)
      $0.set("masks", (sample.masks as NSString).lastPathComponent)
      $0.set(known: sample)
    }
  }

  private mutating func set(known sample: SampleRecord) {
    set("background", sample.background)
    set("objects", sample.objects.map { JSONObject($0) })
    set("actions", sample.actions.map { JSONObject($0) })
  }

  private init(_ object: WorldObject) {
    self.init {
      $0.set("id", object.id)
      $0.set("colour", object.colour)
      $0.set("shape", object.shape)
      $0.set("motion", object.motion)
    }
  }

  private init(_ action: WorldAction) {
    self.init {
      $0.set("object", action.object)
      $0.set("verb", action.verb)
      $0.set("start", action.start)
      $0.set("end", action.end)
    }
  }
}
