import Evaluation
import Tokenization
import Training

/// How often a judge is right about true clips that it never saw.
package struct PromptJudgeTest: Sendable, Equatable {
  /// Within the box of an edit of that very attribute, as prompts are judged.
  package private(set) var boxes: [PromptAspect: ConfusionMatrix] = [:]
  /// Of a whole clip, its one object.
  package private(set) var wholes: [PromptAspect: ConfusionMatrix] = [:]

  /// - Parameters:
  ///   - count: edits of each attribute.
  ///   - report: hears how many clips were judged, of how many.
  package static func run(
    _ judge: PromptJudge, count: Int, seed: UInt64, report: StepReport
  ) throws -> PromptJudgeTest {
    var test = PromptJudgeTest()
    let statistics = PromptStatistics()
    for index in 0..<count {
      try report(index, count)
      let seed = ProceduralWorld.seed(seed, stream: .evaluation, index: index)
      for edit in ProceduralWorld.edits(WorldEdit.Attribute.allCases, seed: seed) {
        for isTarget in [false, true] {
          let example = PromptExample(edit, isTarget: isTarget, isWhole: false)
          for aspect in edit.attribute.aspects {
            let clip = isTarget ? edit.target : edit.source
            let seen =
              aspect == .tone
              ? statistics.tone(of: clip, in: edit.box)
              : judge.classes([example.view], of: aspect)[0]
            if let asked = example.classes[aspect] {
              test.boxes[aspect, default: .init(classes: aspect.classes)]
                .add(asked: asked, seen: seen)
            }
          }
        }
        guard edit.attribute == .motion else { continue }
        let example = PromptExample(edit, isTarget: true, isWhole: true)
        for aspect in PromptAspect.allCases where aspect != .tone && aspect != .presence {
          if let asked = example.classes[aspect] {
            test.wholes[aspect, default: .init(classes: aspect.classes)]
              .add(asked: asked, seen: judge.classes([example.view], of: aspect)[0])
          }
        }
      }
    }
    return test
  }
}

/// Judges that were not trained.
struct PromptStatistics {
  private let colours = ColourStatistics(
    colours: PromptAspect.colour.classes.indices.map { WorldEdit.rgb(ofColour: $0) })

  /// Of what lies where the masks of `target` have an object.
  func colour(of clip: WorldClip, at target: WorldClip) -> Int? {
    colours.classOf(pixels: clip.pixels, mask: target.masks)
  }

  func tone(of clip: WorldClip, in box: PixelBox) -> Int {
    let tone = WorldTone(clip.meanColour(in: box))
    return PromptAspect.tone.classes.firstIndex(of: tone.rawValue) ?? 0
  }
}

extension WorldEdit.Attribute {
  /// What an edit of this attribute is judged by.
  package var aspects: [PromptAspect] {
    switch self {
    case .colour: [.colour]
    case .shape: [.shape]
    case .motion: [.motion]
    case .background: [.tone]
    case .presence: [.presence]
    }
  }
}
