import Evaluation
import Tokenization
import Training

/// A view of a true clip and the classes that it shows.
struct PromptExample {
  var view: JudgeView
  let classes: [PromptAspect: Int]

  /// - Parameters:
  ///   - isWhole: the whole frame instead of the edit's box.
  ///   - isTarget: what the edit leads to instead of what it starts from.
  init(_ edit: WorldEdit, isTarget: Bool, isWhole: Bool) {
    let clip = isTarget ? edit.target : edit.source
    let words = isTarget ? edit.after : edit.before
    let whole = PixelBox(x: 0, y: 0, width: clip.width, height: clip.height)
    view = JudgeView(
      pixels: clip.pixels, empty: isWhole ? nil : edit.empty.pixels, frames: clip.frames,
      box: isWhole ? whole : edit.box)
    var classes: [PromptAspect: Int] = [:]
    for aspect in PromptAspect.allCases { classes[aspect] = words.index(of: aspect) }
    // The box of an object that keeps its motion would give the motion away.
    if !isWhole, edit.attribute != .motion { classes[.motion] = nil }
    self.classes = classes
  }
}

extension PromptAspect {
  /// In the order of a judge's answers.
  package var classes: [String] {
    switch self {
    case .colour: WorldEdit.colours
    case .shape: WorldEdit.outlines
    case .motion: WorldEdit.motions
    case .tone: WorldEdit.tones
    case .presence: PromptAspect.presences
    }
  }
}

extension WorldEdit.Words {
  /// The class of an aspect; nil where nothing is there that has it.
  func index(of aspect: PromptAspect) -> Int? {
    let word: String? =
      switch aspect {
      case .colour: colour
      case .shape: shape.flatMap(WorldEdit.outline)
      case .motion: motion
      case .tone: tone
      case .presence: PromptAspect.presences[colour == nil ? 0 : 1]
      }
    return word.flatMap { aspect.classes.firstIndex(of: $0) }
  }
}

extension JudgeConfiguration {
  /// Everything that edits of the procedural world can show.
  static let world = JudgeConfiguration(
    colours: PromptAspect.colour.classes, shapes: PromptAspect.shape.classes,
    motions: PromptAspect.motion.classes)
}
