import Tokenization
import TokenizerEngine

/// What is to be made anew, from which sentence and how, and what came of it so far.
package struct GenerateModel: Equatable, Sendable {
  package var prompt = PromptLine()
  package var region = RegionChoice()
  package var settings = SamplingSettings()
  /// The folder of the prior; the bundled one if nil.
  package var prior: String?
  package var part = GeneratePart.region
  /// The setting that has the cursor.
  package var setting = SamplingSetting.steps
  /// In the order in which they were asked for.
  package var results: [Regeneration] = []
  /// The result that is looked at.
  package var shown: JobID?
  package var comparison = Comparison.pair
  /// The share of the picture's width that shows the source, while they are wiped.
  package var wipe = 0.5
  package var blink = Blink()
  /// How many accepted steps can be taken back, and given again.
  package var undo = 0
  package var redo = 0
  /// The results that the clip's tokens are made of, the last accepted one at the end.
  package var accepted: [JobID] = []
  /// The number of the next result.
  var nextNumber = 1
  /// The result that was accepted last, whose tokens the engine sends as those of the clip.
  var workingJob: JobID?
  /// The result that was accepted and is not heard of yet.
  var accepting: JobID?
  /// Jobs with lower numbers are about a former clip.
  var firstJob = 1

  package var result: Regeneration? { results.first { $0.id == shown } }

  /// Those that run or wait, in their order.
  package var queue: [Regeneration] { results.filter(\.isLive) }

  package func request(_ clip: ClipSummary, levelCount: Int) -> RegenerationRequest {
    RegenerationRequest(
      prompt: prompt.input.text.trimmed,
      region: region.region(frames: clip.frameCount, levelCount: levelCount), settings: settings,
      prior: prior)
  }
}

/// The parts of the screen that keys may belong to.
package enum GeneratePart: String, CaseIterable, Equatable, Sendable {
  case region
  case settings
  case results

  func next(_ offset: Int) -> GeneratePart {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + offset + all.count) % all.count]
  }
}

/// How results are held against the source.
package enum Comparison: String, CaseIterable, Equatable, Sendable {
  case pair = "side by side"
  case difference = "difference"
  case wipe = "wipe"
  case blink = "blink"
  case gallery = "gallery"

  func next(_ offset: Int) -> Comparison {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + offset + all.count) % all.count]
  }
}

/// Which of two pictures is on, and until when; the clock is handed in.
package struct Blink: Equatable, Sendable {
  package var showsResult = false
  package var until: Double?

  static let seconds = 0.6
}

/// The sentence, those before it, and whether it has the keys.
package struct PromptLine: Equatable, Sendable {
  package var input = TextInput()
  package var isTyping = false
  /// The last one first.
  package var history: [String] = []
  /// Which of them is in the line; nil while it is a new one.
  var place: Int?
  /// What was in the line before the history was looked through.
  var draft = ""

  /// A sentence has at most so many characters.
  static let longest = 2_000
  static let keptSentences = 50
}

/// A part of the clip as it is chosen: what is switched off is remembered.
package struct RegionChoice: Equatable, Sendable {
  package var box = PixelBox(x: 0, y: 0, width: 0, height: 0)
  package var usesBox = true
  package var span: Range<Int>?
  /// Where a span begins whose end is still to be set.
  package var spanStart: Int?
  package var levels: Set<Int> = [1, 2, 3, 4]
  /// Whether arrows change the box's size and not its place.
  package var isSizing = false

  /// A box in the middle, half as wide and high as the clip, on whole tokens.
  package mutating func fit(width: Int, height: Int, grain: Int) {
    func side(_ length: Int) -> (start: Int, length: Int) {
      let inner = max(min(grain, length), length / 2 / grain * grain)
      return ((length - inner) / 2 / grain * grain, inner)
    }
    let (across, down) = (side(width), side(height))
    box = PixelBox(x: across.start, y: down.start, width: across.length, height: down.length)
    span = nil
    spanStart = nil
  }

  package func region(frames: Int, levelCount: Int) -> ClipRegion {
    ClipRegion(
      box: usesBox ? box : nil, span: span?.clamped(to: 0..<max(1, frames)),
      levels: levels.isSuperset(of: 1...max(1, levelCount)) ? nil : levels)
  }
}

/// Regions that are often wanted.
package enum RegionPreset: String, CaseIterable, Equatable, Sendable {
  case box
  case whole
  case ending
  case coarse
  case fine

  var title: String {
    switch self {
    case .box: "the box, in all frames, on all levels"
    case .whole: "the whole clip"
    case .ending: "what comes next: the last half of the frames"
    case .coarse: "only the coarse levels 4 and 3: layout and motion"
    case .fine: "only the fine levels 2 and 1: details and texture"
    }
  }
}

/// Ways to draw that are often wanted.
package enum SamplingPreset: String, CaseIterable, Equatable, Sendable {
  case standard
  case careful
  case free
  case quick

  var settings: SamplingSettings {
    var settings = SamplingSettings()
    switch self {
    case .standard: break
    case .careful: (settings.steps, settings.temperature, settings.guidance) = (16, 0.7, 3)
    case .free: (settings.temperature, settings.topP, settings.guidance) = (1.2, 1, 1)
    case .quick: (settings.steps, settings.guidance) = (4, 1)
    }
    return settings
  }

  var title: String {
    switch self {
    case .standard: "as usual"
    case .careful: "careful: more steps, what is likely, close to the sentence"
    case .free: "free: more surprise, less of the sentence"
    case .quick: "quick: few steps"
    }
  }
}

/// A number of the sampling that can be changed.
package enum SamplingSetting: String, CaseIterable, Equatable, Sendable {
  case steps
  case temperature
  case topP = "top-p"
  case guidance
  case seed

  func text(_ settings: SamplingSettings) -> String {
    switch self {
    case .steps: "\(settings.steps)"
    case .temperature: Numbers.short(settings.temperature)
    case .topP: Numbers.short(settings.topP)
    case .guidance: Numbers.short(settings.guidance)
    case .seed: "\(settings.seed)"
    }
  }

  /// What it does, in a few words.
  var meaning: String {
    switch self {
    case .steps: "passes a level"
    case .temperature: "1 as believed, less: likelier"
    case .topP: "share of likely codes drawn from"
    case .guidance: "how much the sentence counts"
    case .seed: "same seed, same result"
    }
  }

  /// The next value up or down the usual ones.
  func change(_ settings: inout SamplingSettings, by offset: Int) {
    func next(_ value: Double, _ ladder: [Double]) -> Double {
      offset > 0
        ? ladder.first { $0 > value + 1e-9 } ?? value : ladder.last { $0 < value - 1e-9 } ?? value
    }
    switch self {
    case .steps:
      settings.steps = Int(next(Double(settings.steps), [1, 2, 4, 6, 8, 12, 16, 24, 32]))
    case .temperature:
      settings.temperature = next(
        settings.temperature, [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5])
    case .topP:
      settings.topP = next(settings.topP, [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1])
    case .guidance: settings.guidance = next(settings.guidance, [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8])
    case .seed: settings.seed = offset > 0 ? settings.seed &+ 1 : settings.seed &- 1
    }
  }
}

extension String {
  /// Without blanks around it.
  var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
