import Tensors
import Tokenization

/// Judges a prior on held-out clips of the procedural world with masks that are always the same.
struct PriorValidator {
  private let objective: PriorObjective
  /// A few clips each, with masks of all families.
  private let batches: [[MaskedClip]]
  /// Boxes of objects, wholly masked, with what is said of them.
  private let boxes: [[MaskedClip]]

  /// Finds the tokens of the clips with the tokenizer of `objective`.
  init(
    plan: TrainingPlan, objective: PriorObjective, vocabulary: BytePairVocabulary,
    prior: PriorModel
  ) {
    self.objective = objective
    let settings = plan.validation
    let configuration = prior.configuration
    let padded = configuration.geometry.padded(
      frames: settings.frames, width: settings.size, height: settings.size)
    var random = RandomSource(seed: plan.seed)
    var (masked, boxes): ([MaskedClip], [MaskedClip]) = ([], [])
    for index in 0..<settings.clips {
      let clip = ProceduralWorld.clip(
        seed: ProceduralWorld.seed(plan.seed, stream: .validation, index: index),
        frames: settings.frames, width: settings.size, height: settings.size)
      let video = Tensor(
        clip.pixels.map { Float($0) / 127.5 - 1 },
        shape: [1, settings.frames, settings.size, settings.size, 3])
      let parts = clip.parts
      let source = RegionSource(
        frames: settings.frames, size: settings.size, caption: clip.caption, parts: parts,
        ground: clip.ground)
      guard let levels = objective.tokens(of: video).first else { continue }
      func add(_ drawn: DrawnRegion, to list: inout [MaskedClip]) {
        let clip = MaskedClip(
          levels, padded: padded, drawn: drawn, prompt: vocabulary.encode(drawn.prompt), flips: 0,
          configuration: configuration, random: &random)
        if let clip { list.append(clip) }
      }
      for _ in 0..<2 {
        let family = MaskFamily.drawn(plan.prior?.masks ?? MaskFamily.usualShares, &random)
        let drawn = source.draw(family, levelCount: configuration.levelCount, &random)
        add(drawn, to: &masked)
      }
      if let part = parts.first {
        add(DrawnRegion(region: ClipRegion(box: part.box), prompt: part.phrase), to: &boxes)
      }
    }
    batches = Self.cut(masked)
    self.boxes = Self.cut(boxes)
  }

  private static func cut(_ clips: [MaskedClip]) -> [[MaskedClip]] {
    stride(from: 0, to: clips.count, by: 4).map { Array(clips[$0..<min($0 + 4, clips.count)]) }
  }

  func validate(meanwhile: () throws -> Void) throws -> ValidationResult {
    var counts: [PredictionCount] = []
    var loss = 0.0
    for batch in batches {
      try meanwhile()
      let outcome = objective.forward(batch)
      loss += Double(outcome.loss.value.scalar) * Double(batch.count)
      Self.add(outcome.counts, to: &counts)
    }
    let clips = batches.reduce(0) { $0 + $1.count }
    let gain = try meanLoss(isSilent: true, meanwhile) - meanLoss(isSilent: false, meanwhile)
    return ValidationResult(
      loss: loss / Double(max(clips, 1)), psnr: nil, usage: [],
      prediction: counts.map(\.statistics), textGain: boxes.isEmpty ? nil : gain)
  }

  /// −ln p of a group where boxes of objects are masked, with what is said of them or without.
  private func meanLoss(isSilent: Bool, _ meanwhile: () throws -> Void) throws -> Double {
    var total = PredictionCount()
    for batch in boxes {
      try meanwhile()
      let asked = batch.map { clip in
        var clip = clip
        if isSilent { clip.example.prompt = [] }
        return clip
      }
      for count in objective.forward(asked).counts where !count.isEmpty { total.add(count) }
    }
    return total.meanLoss
  }

  private static func add(_ more: [PredictionCount], to counts: inout [PredictionCount]) {
    if counts.isEmpty {
      counts = more
    } else {
      for (level, count) in more.enumerated() { counts[level].add(count) }
    }
  }
}
