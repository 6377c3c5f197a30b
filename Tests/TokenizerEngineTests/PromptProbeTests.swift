import Evaluation
import Tensors
import Testing
import Tokenization
import Training

@testable import TokenizerEngine

/// The table of prompts, on subjects whose faults are known.
@Suite struct PromptProbeTests {
  private static var judge: PromptJudge {
    var random = RandomSource(seed: 1)
    return PromptJudge(.world, random: &random)
  }

  private static var settings: PromptProbe.Settings {
    var settings = PromptProbe.Settings()
    (settings.edits, settings.texts, settings.seed) = (10, 0, 4)
    return settings
  }

  @Test func whatKnowsTheTargetReachesTheCeiling() throws {
    let report = try PromptProbe(judge: Self.judge, settings: Self.settings)
      .run(Oracle(Self.settings, obeys: true)) { _, _ in }
    #expect(report.edits.map(\.count) == [2, 2, 2, 2, 2, 2])
    for score in report.edits {
      #expect(score.matrices[.prompted] == score.matrices[.truth])
      #expect(score.matrices[.reconstruction] == score.matrices[.truth])
      // The source, and no target.
      #expect(score.matrices[.wronglyPrompted] == score.matrices[.unchanged])
    }
    // Told by mean and median colours, true clips are what they are, and sources are not.
    for score in report.edits where score.isStatistics {
      #expect(score.accuracy(.truth) == 1)
      #expect(score.accuracy(.unchanged) == 0)
    }
    #expect(report.changedOutside == [OutsideChange](repeating: Oracle.outside, count: 10))
  }

  @Test func whatNeverListensIsNoBetterThanNoChange() throws {
    let report = try PromptProbe(judge: Self.judge, settings: Self.settings)
      .run(Oracle(Self.settings, obeys: false)) { _, _ in }
    for score in report.edits {
      #expect(score.matrices[.prompted] == score.matrices[.unchanged])
    }
  }

  @Test func clipsFromTextAreComparedWithTheNextOne() throws {
    var settings = Self.settings
    (settings.edits, settings.texts) = (0, 3)
    let report = try PromptProbe(judge: Self.judge, settings: settings)
      .run(Oracle(settings, obeys: true)) { _, _ in }
    #expect(report.edits.isEmpty)
    #expect(Set(report.texts.map(\.aspect)) == [.colour, .shape, .motion, .tone])
    for score in report.texts {
      #expect(score.matrices[.prompted] == score.matrices[.truth])
      // Where all three ask for the same, no prompt is wrong.
      #expect([nil, 3].contains(score.matrices[.wronglyPrompted]?.total))
      #expect(score.matrices[.unchanged] == nil)
    }
  }

  @Test func aWrongPromptAsksForAnotherClass() throws {
    var settings = Self.settings
    (settings.edits, settings.texts) = (0, 12)
    let report = try PromptProbe(judge: Self.judge, settings: settings)
      .run(Oracle(settings, obeys: true)) { _, _ in }
    let tone = try #require(report.texts.first { $0.aspect == .tone })
    #expect(tone.accuracy(.prompted) > 0.8)
    #expect(tone.matrices[.wronglyPrompted]?.total == 12)
    #expect(tone.accuracy(.wronglyPrompted) < 0.2)
    settings.texts = 1
    let single = try PromptProbe(judge: Self.judge, settings: settings)
      .run(Oracle(settings, obeys: true)) { _, _ in }
    for score in single.texts {
      #expect(score.count == 1 && score.matrices[.wronglyPrompted] == nil)
    }
  }

  @Test func onlyTheAttributesAskedForAreTried() throws {
    var settings = Self.settings
    (settings.edits, settings.attributes) = (2, [.shape])
    let report = try PromptProbe(judge: Self.judge, settings: settings)
      .run(Oracle(settings, obeys: true)) { _, _ in }
    #expect(report.edits.map(\.aspect) == [.shape])
    #expect(report.edits[0].count == 2)
  }
}

/// Knows the edits that a probe tries, and gives their targets, or their sources, unharmed.
private final class Oracle: PromptSubject {
  private struct Wish: Hashable {
    let source: [UInt8]
    let prompt: String
  }

  static let outside = OutsideChange(before: 0.25, after: 0.125)
  private var targets: [Wish: [UInt8]] = [:]
  private let obeys: Bool

  init(_ settings: PromptProbe.Settings, obeys: Bool) {
    self.obeys = obeys
    for index in 0..<settings.edits {
      let seed = ProceduralWorld.seed(settings.seed, stream: .evaluation, index: index)
      let attribute = settings.attributes[index % settings.attributes.count]
      for edit in ProceduralWorld.edits([attribute], seed: seed) {
        targets[Wish(source: edit.source.pixels, prompt: edit.prompt)] = edit.target.pixels
      }
    }
    for index in 0..<settings.texts {
      let seed = ProceduralWorld.seed(
        settings.seed, stream: .evaluation, index: 1_000_000 + index)
      for edit in ProceduralWorld.edits([.motion], seed: seed) {
        guard let caption = edit.caption else { continue }
        targets[Wish(source: [], prompt: caption)] = edit.target.pixels
      }
    }
  }

  func reconstructed(_ clip: WorldClip) -> [UInt8] { clip.pixels }

  func regenerated(_ clip: WorldClip, _ request: RegenerationRequest) -> PromptPicture {
    let target = targets[Wish(source: clip.pixels, prompt: request.prompt)]
    return PromptPicture(
      pixels: obeys ? target ?? clip.pixels : clip.pixels, changedOutside: Self.outside)
  }

  func composed(
    frames: Int, size: Int, prompt: String, settings: SamplingSettings
  ) -> [UInt8] {
    targets[Wish(source: [], prompt: prompt)]
      ?? [UInt8](repeating: 0, count: frames * size * size * 3)
  }
}
