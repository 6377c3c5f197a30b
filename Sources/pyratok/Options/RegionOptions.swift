import ArgumentParser
import Tokenization

/// Which part of a clip is made anew.
struct RegionOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pixels of the working size (default: all).", valueName: "x,y,w,h"))
  var box: PixelBox?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Frames from a up to, without, b (default: all).", valueName: "a:b"))
  var span: FrameSpan?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Such as 3,4; level 1 is the finest (default: all).", valueName: "levels"))
  var levels: LevelSet?

  var region: ClipRegion { ClipRegion(box: box, span: span?.frames, levels: levels?.levels) }
}

/// How tokens are drawn.
struct SamplingOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Passes for each level.")
  var steps = SamplingSettings().steps

  @Option(
    parsing: .unconditional, help: "1 draws as the prior believes, lower ones what is likelier.")
  var temperature = SamplingSettings().temperature

  @Option(
    parsing: .unconditional,
    help: "Of each group of bits, only the likeliest states of this joint probability.")
  var topP = SamplingSettings().topP

  @Option(parsing: .unconditional, help: "How much the prompt counts; 0 is twice as fast.")
  var guidance = SamplingSettings().guidance

  func validate() throws {
    if let problem = settings(seed: 0).problem {
      throw ValidationError("\(problem.prefix(1).uppercased())\(problem.dropFirst()).")
    }
  }

  func settings(seed: UInt64) -> SamplingSettings {
    var settings = SamplingSettings()
    settings.steps = steps
    settings.temperature = temperature
    settings.topP = topP
    settings.guidance = guidance
    settings.seed = seed
    return settings
  }
}

/// Frames as `a:b` names them.
struct FrameSpan: ExpressibleByArgument {
  let frames: Range<Int>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let start = parts[0], let end = parts[1], start <= end else {
      return nil
    }
    frames = start..<end
  }
}

/// Levels as `3,4` names them.
struct LevelSet: ExpressibleByArgument {
  let levels: Set<Int>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap { $0 }
    guard numbers.count == parts.count else { return nil }
    levels = Set(numbers)
  }
}

extension PixelBox: ExpressibleByArgument {
  package init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap { $0 }
    // Sides that overflow when they are added up are no box.
    guard parts.count == 4, numbers.count == 4, numbers.allSatisfy({ $0.magnitude < 1 << 30 })
    else {
      return nil
    }
    self.init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}
