import ArgumentParser
import Evaluation
import Tokenization
import TokenizerEngine

struct EvaluateReconstruction: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconstruction",
    abstract: "How well clips survive being tokens: PSNR, SSIM, bits per pixel.",
    discussion: "Example: pyratok evaluate reconstruction *.mp4 --square 128 --frames 17")

  @Argument(help: "Video files, pictures, or folders of numbered pictures.")
  var clips: [String]

  @Option(help: "What the clips show.")
  var caption: String?

  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  static let convention =
    "\(PSNR.convention); \(SSIM.convention); bits per pixel: all stored tokens over the pixels "
    + "before padding"

  func run() throws {
    common.begin()
    let session = try common.session()
    var run = InputRun(quiet: common.quiet, count: clips.count)
    var reports: [ReconstructionReport] = []
    try run.each(clips) { path, report in
      let result = try session.evaluateReconstruction(
        clip.request(for: path), caption: caption, report: report)
      reports.append(result)
      return InputResult(notices: result.notices)
    }
    if json.isOn {
      try StandardOutput.writeLine(document(reports, skipped: run.skipped))
    } else if !reports.isEmpty {
      try StandardOutput.writeLine(table(reports))
    }
    try run.finish()
  }

  private func document(_ reports: [ReconstructionReport], skipped: [SkippedInput]) -> JSONObject {
    JSONObject {
      $0.set("clips", reports.map { JSONObject($0) })
      $0.set("mean", JSONObject(meanOf: reports))
      $0.set("convention", EvaluateReconstruction.convention)
      $0.set("skipped", skipped.map(\.json))
    }
  }

  private func table(_ reports: [ReconstructionReport]) -> String {
    var table = TextTable(["clip", "frames", "size", "PSNR dB", "SSIM", "bits/pixel"])
    for report in reports {
      table.add([
        report.path, "\(report.frames)", "\(report.width)x\(report.height)",
        fixed(report.psnr, 2), report.ssim.map { fixed($0, 4) } ?? "-",
        fixed(report.bitsPerPixel, 4),
      ])
    }
    table.add([
      "mean", "", "", fixed(mean(reports.map(\.psnr)) ?? .nan, 2),
      mean(reports.compactMap(\.ssim)).map { fixed($0, 4) } ?? "-",
      fixed(mean(reports.map(\.bitsPerPixel)) ?? .nan, 4),
    ])
    return table.text + "\n" + EvaluateReconstruction.convention
  }
}
