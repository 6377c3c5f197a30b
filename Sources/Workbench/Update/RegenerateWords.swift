import Tokenization
import TokenizerEngine
import VideoIO

/// The command line that does the same as the screen.
enum RegenerateWords {
  static func of(
    _ request: RegenerationRequest, clip: ClipRequest, model: String?, caption: String?
  ) -> String {
    let path = clip.path.hasPrefix("-") ? "./" + clip.path : clip.path
    var words = ["pyratok", "regenerate", ShellWord.quoted(path)]
    words += ["--prompt", ShellWord.quoted(request.prompt)]
    if let caption { words += ["--caption", ShellWord.quoted(caption)] }
    if let box = request.region.box {
      words += ["--box", "\(box.x),\(box.y),\(box.width),\(box.height)"]
    }
    if let span = request.region.span {
      words += ["--span", "\(span.lowerBound):\(span.upperBound)"]
    }
    if let levels = request.region.levels {
      words += ["--levels", levels.sorted().map(String.init).joined(separator: ",")]
    }
    words += sampling(request.settings)
    if let prior = request.prior { words += ["--prior", ShellWord.quoted(prior)] }
    words += part(of: clip)
    if let model { words += ["--model", ShellWord.quoted(model)] }
    return (words + ["-o", "new.mkv"]).joined(separator: " ")
  }

  /// What is not as usual, and always the seed.
  private static func sampling(_ settings: SamplingSettings) -> [String] {
    let usual = SamplingSettings()
    var words: [String] = []
    if settings.steps != usual.steps { words += ["--steps", "\(settings.steps)"] }
    if settings.temperature != usual.temperature {
      words += ["--temperature", "\(settings.temperature)"]
    }
    if settings.topP != usual.topP { words += ["--top-p", "\(settings.topP)"] }
    if settings.guidance != usual.guidance { words += ["--guidance", "\(settings.guidance)"] }
    return words + ["--seed", "\(settings.seed)"]
  }

  private static func part(of clip: ClipRequest) -> [String] {
    var words: [String] = []
    switch clip.size {
    case .standard: break
    case .longerSide(let side): words += ["--size", "\(side)"]
    case .exactly(let width, let height): words += ["--size", "\(width)x\(height)"]
    case .square(let side): words += ["--square", "\(side)"]
    case .native: words += ["--size", "native"]
    }
    if let stream = clip.stream { words += ["--stream", "\(stream)"] }
    if clip.start != 0 { words += ["--start", "\(clip.start)"] }
    if let frames = clip.frames { words += ["--frames", "\(frames)"] }
    return words
  }
}
