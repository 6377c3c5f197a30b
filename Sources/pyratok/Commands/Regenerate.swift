import ArgumentParser
import Foundation
import Tokenization
import TokenizerEngine
import VideoIO

struct Regenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a part of a clip anew from a sentence.",
    discussion: """
      Examples:
        pyratok regenerate clip.mkv --size 64 --box 8,8,32,32 --prompt "a blue square" -o new.mkv
        pyratok regenerate clip.mkv --size 64 --continue 16 --prompt "a circle moves up" -o on.mp4
        pyratok regenerate --prompt "a red circle over a dark leafy background." -o out.mkv
      With --prompts or --seeds, -o names a folder.
      """)

  @Argument(help: "A clip or a token file; without one, all of a new clip is made.")
  var clip: String?

  @Option(parsing: .unconditional, help: "What the region, or the whole clip, should show.")
  var prompt: String?

  @Option(parsing: .unconditional, help: "What the clip shows now; it changes its tokens.")
  var caption: String?

  @Option(
    help: ArgumentHelp(
      "Many at once: a prompt a line, or JSON lines with prompt, box, span, levels, seed.",
      valueName: "file"))
  var prompts: String?

  @OptionGroup var region: RegionOptions
  @OptionGroup var sampling: SamplingOptions

  @Option(parsing: .unconditional, help: "So many results, from --seed on, side by side.")
  var seeds: Int?

  @Option(
    name: .customLong("continue"), parsing: .unconditional,
    help: ArgumentHelp("Go on for so many frames behind the clip's end.", valueName: "frames"))
  var more: Int?

  @Option(help: "The folder of the prior, or the name of a bundled one.")
  var prior: String?

  @Option(
    name: [.short, .long],
    help: "By its ending: .safetensors (tokens), .mp4, .mkv (lossless), .gif, .npy, else pictures.")
  var output: String

  @Option(help: ArgumentHelp("A file for the tokens beside the clip.", valueName: "file"))
  var tokens: String?

  @Option(
    name: .customLong("as"), help: "In a folder: mkv, mp4, gif, npy or safetensors for each.")
  var ending = "mkv"

  @OptionGroup var size: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  private var isBatch: Bool { prompts != nil || seeds != nil }

  func validate() throws {
    guard (prompt == nil) != (prompts == nil) else {
      throw ValidationError("Give --prompt or --prompts.")
    }
    if let seeds, !(1...1000).contains(seeds) {
      throw ValidationError("--seeds takes 1 to 1000.")
    }
    if let more {
      guard (1...10_000).contains(more) else {
        throw ValidationError("--continue takes 1 to 10000 frames.")
      }
      guard clip != nil else { throw ValidationError("--continue needs a clip to go on from.") }
    }
    let isPart = region.box != nil || region.span != nil
    if isPart, more != nil || clip == nil {
      throw ValidationError(
        "--box and --span choose a part of a clip; \(clip == nil ? "there is none" : "--continue makes whole frames")."
      )
    }
    if let prompt, let problem = Regeneration.problem(ofPrompt: prompt) {
      throw ValidationError("The prompt cannot be used: \(problem).")
    }
    try validateReading()
    try validateOutputs()
    guard ["mkv", "mp4", "gif", "npy", "safetensors"].contains(ending) else {
      throw ValidationError("--as takes mkv, mp4, gif, npy or safetensors.")
    }
  }

  /// What says how a clip is read needs a clip that is read.
  private func validateReading() throws {
    let part = size.part
    let isChosen = part.stream != nil || part.start != 0 || caption != nil
    if clip == nil, isChosen {
      throw ValidationError("--stream, --start and --caption are about a clip; there is none.")
    }
    let isSized = size.size != nil || size.square != nil || part.frames != nil
    if let clip, clip.hasSuffix(".safetensors"), isChosen || isSized {
      throw ValidationError(
        "A token file has its size, frames and caption; --size, --square, --frames, --start, "
          + "--stream and --caption are for clips.")
    }
  }

  private func validateOutputs() throws {
    if isBatch {
      if tokens != nil { throw ValidationError("--tokens is for one result.") }
      let endings = [".mkv", ".mp4", ".gif", ".npy", ".png", ".safetensors"]
      if let ending = endings.first(where: { output.lowercased().hasSuffix($0) }) {
        throw ValidationError(
          "With --prompts or --seeds, -o names a folder and no \(ending) file; --as chooses what "
            + "is in it.")
      }
    }
    guard let tokens else { return }
    guard tokens.hasSuffix(".safetensors") else {
      throw ValidationError("--tokens names a file that ends in .safetensors.")
    }
    guard
      URL(fileURLWithPath: tokens).standardizedFileURL.path
        != URL(fileURLWithPath: output).standardizedFileURL.path
    else { throw ValidationError("--tokens and -o are the same file.") }
  }

  func run() throws {
    common.begin()
    let inputs = [clip, prompts].compactMap { $0 }
    try OutputPath.check(output, isNoneOf: inputs)
    if let clip, clip.hasSuffix(".safetensors") { try KnownFile.checkTokens(clip) }
    let entries = try entries()
    let single = RegenerationOutput(path: output, tokens: tokens)
    if !isBatch { try single.check(inputs: inputs) }
    let session = try common.session()
    try session.checkPrior(prior)
    try checkLevels(session)
    let folder = isBatch ? try OutputFolder(output) : nil
    defer { folder?.close() }
    var run = InputRun(quiet: common.quiet, count: entries.count)
    run.namesInputs = isBatch
    var results: [JSONObject] = []
    var start: (source: ClipTokens, seconds: Double, notices: [String])?
    try run.each(entries.map(\.name)) { name, report in
      guard let entry = entries.first(where: { $0.name == name }) else { return InputResult() }
      do {
        try check(entry, session)
        if start == nil {
          start = try read(session, report: report) { clip in
            // As long as one can be made, the clip is needed.
            if !entries.contains(where: { problem(of: $0, clip, session) == nil }),
              let problem = problem(of: entry, clip, session)
            {
              throw RegenerationError.badRegion(reason: problem)
            }
          }
        }
        let source = try source(start?.source, entry, session)
        let target = isBatch ? RegenerationOutput(path: path(of: entry), tokens: nil) : single
        var result = try target.write(size: source.tokens) { take in
          try session.regenerate(
            request(entry, source), of: source,
            report: { try report($0.settled, $0.total) },
            shouldStop: { Interruption.isRequested }, take: take)
        }
        if !isBatch { result.report.seconds += start?.seconds ?? 0 }
        results.append(fields(entry, target, result))
        return InputResult(
          notices: (start?.notices ?? []) + result.notices,
          text: json.isOn || common.quiet ? nil : "\(target.path): \(result.report.line)")
      } catch is CancellationError {
        try Interruption.check()
        throw CancellationError()
      }
    }
    if json.isOn {
      var document = isBatch ? JSONObject() : results.first ?? JSONObject()
      if isBatch { document.set("results", results) }
      document.set("skipped", run.skipped.map(\.json))
      if !results.isEmpty { try StandardOutput.writeLine(document) }
    }
    try run.finish()
  }

  /// Everything that is to be made; names are unique.
  private func entries() throws -> [PromptEntry] {
    let wanted =
      try prompts.map {
        try PromptList.read($0, region: region.region, seed: common.seed)
      } ?? [
        PromptEntry(
          name: clip ?? "new clip", prompt: prompt ?? "", region: region.region, seed: common.seed)
      ]
    guard let seeds else { return wanted }
    return wanted.flatMap { entry in
      (0..<UInt64(seeds)).map { number in
        var entry = entry
        entry.seed &+= number
        entry.name = prompts == nil ? "seed \(entry.seed)" : "\(entry.name) seed \(entry.seed)"
        return entry
      }
    }
  }

  private func path(of entry: PromptEntry) -> String {
    let name = entry.name.replacingOccurrences(of: " ", with: "-")
    return URL(fileURLWithPath: output).appendingPathComponent("\(name).\(ending)").relativePath
  }

  /// Levels of the command line that the model does not have are a wrong use of it.
  private func checkLevels(_ session: Session) throws {
    if let problem = problem(ofLevels: region.region.levels, session) {
      throw ValidationError("--levels: \(problem).")
    }
  }

  /// What is wrong with a line of a file whatever the clip is.
  private func check(_ entry: PromptEntry, _ session: Session) throws {
    if let problem = Regeneration.problem(ofPrompt: entry.prompt) {
      throw RegenerationError.badPrompt(reason: problem)
    }
    if let problem = problem(ofLevels: entry.region.levels, session) {
      throw RegenerationError.badRegion(reason: problem)
    }
  }

  private func problem(ofLevels levels: Set<Int>?, _ session: Session) -> String? {
    ClipRegion(levels: levels).problem(
      frames: 1, width: 1, height: 1, levelCount: session.codec?.summary.strides.count ?? 0)
  }

  private func problem(of entry: PromptEntry, _ clip: ClipSummary, _ session: Session) -> String? {
    var region = entry.region
    // What is made behind the clip's end has its own span.
    if more != nil { region.span = nil }
    return region.problem(
      frames: clip.frameCount, width: clip.width, height: clip.height,
      levelCount: session.codec?.summary.strides.count ?? 0)
  }

  /// The tokens to start from; nil without a clip.
  private func read(
    _ session: Session, report: StepReport, check: (ClipSummary) throws -> Void
  ) throws -> (source: ClipTokens, seconds: Double, notices: [String])? {
    guard let clip else { return nil }
    if clip.hasSuffix(".safetensors") { return (try session.tokens(ofFile: clip), 0, []) }
    let made = try session.tokenize(
      size.request(for: clip), caption: caption, check: check, report: report)
    return (made.tokens, made.seconds, made.notices)
  }

  private func source(
    _ tokens: ClipTokens?, _ entry: PromptEntry, _ session: Session
  ) throws -> RegenerationSource {
    guard let tokens else { return try newClip(entry, session) }
    return more.map { RegenerationSource(tokens, continuedBy: $0) } ?? RegenerationSource(tokens)
  }

  private func newClip(_ entry: PromptEntry, _ session: Session) throws -> RegenerationSource {
    let (width, height): (Int, Int)
    switch size.size {
    case .exactly(let w, let h): (width, height) = (w, h)
    case .longerSide(let side): (width, height) = (side, side)
    default: (width, height) = (size.square ?? 64, size.square ?? 64)
    }
    let frames = size.part.frames ?? 17
    guard frames > 0, frames <= 1000, max(width, height) <= 1024 else {
      throw CommandError.newClipTooLarge
    }
    return try session.emptyClip(
      frames: frames, width: width, height: height, prompt: entry.prompt)
  }

  private func request(
    _ entry: PromptEntry, _ source: RegenerationSource
  ) -> RegenerationRequest {
    var region = entry.region
    if let missing = source.missing { region.span = missing.span }
    return RegenerationRequest(
      prompt: entry.prompt, region: region, settings: sampling.settings(seed: entry.seed),
      prior: prior)
  }

  private func fields(
    _ entry: PromptEntry, _ target: RegenerationOutput, _ result: RegenerationResult
  ) -> JSONObject {
    JSONObject {
      $0.set("name", entry.name)
      $0.set("prompt", entry.prompt)
      $0.set("seed", .verbatim(String(entry.seed)))
      $0.set("output", target.path)
      $0.set("tokens", target.tokens)
      $0.set("frames", result.tokens.frames)
      $0.set("width", result.tokens.width)
      $0.set("height", result.tokens.height)
      $0.set(result.report)
      $0.set("notices", result.notices)
    }
  }
}
