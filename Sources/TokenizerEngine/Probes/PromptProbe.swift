import Evaluation
import Tokenization
import Training

/// Does what is made anew follow the sentence? Tries one-attribute edits of fresh clips, and clips
/// from text alone, and has them judged by their pixels.
package struct PromptProbe {
  package struct Settings: Sendable, Equatable {
    /// Edits of all attributes together.
    package var edits = 200
    /// Clips from text alone.
    package var texts = 40
    package var attributes = WorldEdit.Attribute.allCases
    package var seed: UInt64 = 0
    /// Its seed is replaced: each clip has its own.
    package var sampling = SamplingSettings()

    package init() {}
  }

  private let judge: PromptJudge
  private let statistics = PromptStatistics()
  private let settings: Settings

  /// 17 frames of 64x64: what priors are trained on.
  private static let frames = 17
  private static let size = JudgeView.size

  package init(judge: PromptJudge, settings: Settings) {
    self.judge = judge
    self.settings = settings
  }

  package func run(_ subject: some PromptSubject, report: StepReport) throws -> PromptReport {
    var result = PromptReport()
    let total = settings.edits + settings.texts
    for index in 0..<settings.edits {
      try report(index, total)
      try tryEdit(index, subject, &result)
    }
    var clips: [Composed] = []
    for index in 0..<settings.texts {
      try report(settings.edits + index, total)
      if let clip = try compose(index, subject) { clips.append(clip) }
    }
    for (index, clip) in clips.enumerated() {
      add(clip, others: Array(clips[(index + 1)...] + clips[..<index]), &result)
    }
    return result
  }

  private func sampling(_ index: Int) -> SamplingSettings {
    var sampling = settings.sampling
    sampling.seed = settings.seed &+ UInt64(index)
    return sampling
  }

  private func seed(_ index: Int) -> UInt64 {
    ProceduralWorld.seed(settings.seed, stream: .evaluation, index: index)
  }

  // MARK: Edits

  private func tryEdit(
    _ index: Int, _ subject: some PromptSubject, _ result: inout PromptReport
  ) throws {
    let attribute = settings.attributes[index % settings.attributes.count]
    let edits = ProceduralWorld.edits(
      [attribute], seed: seed(index), frames: Self.frames, size: Self.size)
    guard let edit = edits.first else { return }
    func regenerated(_ prompt: String) throws -> PromptPicture {
      try subject.regenerated(
        edit.source,
        RegenerationRequest(
          prompt: prompt, region: ClipRegion(box: edit.box), settings: sampling(index)))
    }
    let prompted = try regenerated(edit.prompt)
    if let changed = prompted.changedOutside { result.changedOutside.append(changed) }
    // What was encoded is held against the empty scene that was encoded, too.
    let empty = try subject.reconstructed(edit.empty)
    let pictures: [(row: PromptScore.Row, pixels: [UInt8])] = [
      (.truth, edit.target.pixels),
      (.reconstruction, try subject.reconstructed(edit.target)),
      (.unchanged, try subject.reconstructed(edit.source)),
      (.prompted, prompted.pixels),
      (.wronglyPrompted, try regenerated(edit.wrongPrompt).pixels),
    ]
    for aspect in attribute.aspects {
      guard let asked = edit.after.index(of: aspect) else { continue }
      for (row, pixels) in pictures {
        var clip = edit.target
        clip.pixels = pixels
        let seen = seen(
          aspect, in: clip, edit.box, empty: row == .truth ? edit.empty.pixels : empty)
        result.add(aspect, row, asked: asked, seen: seen, isStatistics: aspect == .tone)
        guard aspect == .colour, let told = statistics.colour(of: clip, at: edit.target) else {
          continue
        }
        result.add(aspect, row, asked: asked, seen: told, isStatistics: true)
      }
    }
  }

  private func seen(
    _ aspect: PromptAspect, in clip: WorldClip, _ box: PixelBox, empty: [UInt8]? = nil
  ) -> Int {
    guard aspect != .tone else { return statistics.tone(of: clip, in: box) }
    let view = JudgeView(pixels: clip.pixels, empty: empty, frames: clip.frames, box: box)
    return judge.classes([view], of: aspect)[0]
  }

  // MARK: Text alone

  private struct Composed {
    let asked: WorldEdit.Words
    let clip: WorldClip
    let reconstruction: [UInt8]
    let pixels: [UInt8]
  }

  private func compose(_ index: Int, _ subject: some PromptSubject) throws -> Composed? {
    let edits = ProceduralWorld.edits(
      [.motion], seed: seed(1_000_000 + index), frames: Self.frames, size: Self.size)
    guard let edit = edits.first, let caption = edit.caption else { return nil }
    return Composed(
      asked: edit.after, clip: edit.target, reconstruction: try subject.reconstructed(edit.target),
      pixels: try subject.composed(
        frames: Self.frames, size: Self.size, prompt: caption, settings: sampling(index)))
  }

  /// `others` come in the order in which they are asked for a wrong prompt.
  private func add(_ composed: Composed, others: [Composed], _ result: inout PromptReport) {
    let whole = PixelBox(x: 0, y: 0, width: Self.size, height: Self.size)
    let pictures: [(row: PromptScore.Row, pixels: [UInt8])] = [
      (.truth, composed.clip.pixels), (.reconstruction, composed.reconstruction),
      (.prompted, composed.pixels),
    ]
    for aspect in PromptAspect.allCases where aspect != .presence {
      guard let asked = composed.asked.index(of: aspect) else { continue }
      // A prompt that asks for the same is not wrong.
      let wrong = others.first { $0.asked.index(of: aspect).map { $0 != asked } ?? false }
      var pictures = pictures
      if let wrong { pictures.append((row: .wronglyPrompted, pixels: wrong.pixels)) }
      for (row, pixels) in pictures {
        var clip = composed.clip
        clip.pixels = pixels
        result.addText(aspect, row, asked: asked, seen: seen(aspect, in: clip, whole))
      }
    }
  }
}

/// What the judges saw in place of what was asked for.
package struct PromptReport: Sendable, Equatable {
  /// Within the region of edits.
  package private(set) var edits: [PromptScore] = []
  /// Of clips made from text alone; wrongly prompted is the next clip that asks for another class.
  package private(set) var texts: [PromptScore] = []
  /// One of each edit that leaves pixels outside.
  package internal(set) var changedOutside: [OutsideChange] = []

  package init() {}

  mutating func add(
    _ aspect: PromptAspect, _ row: PromptScore.Row, asked: Int, seen: Int, isStatistics: Bool
  ) {
    Self.add(aspect, row, asked, seen, isStatistics, to: &edits)
  }

  mutating func addText(_ aspect: PromptAspect, _ row: PromptScore.Row, asked: Int, seen: Int) {
    Self.add(aspect, row, asked, seen, aspect == .tone, to: &texts)
  }

  private static func add(
    _ aspect: PromptAspect, _ row: PromptScore.Row, _ asked: Int, _ seen: Int,
    _ isStatistics: Bool, to scores: inout [PromptScore]
  ) {
    let place =
      scores.firstIndex { $0.aspect == aspect && $0.isStatistics == isStatistics }
      ?? scores.endIndex
    if place == scores.endIndex {
      scores.append(PromptScore(aspect: aspect, isStatistics: isStatistics))
    }
    scores[place].add(row, asked: asked, seen: seen, classes: aspect.classes)
  }
}
