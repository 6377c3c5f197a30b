import Glibc
import Layers
import Tensors
import Tokenization

/// Computes a prior's loss on clips: their tokens by the frozen tokenizer, masks, −ln p of what is
/// masked.
final class PriorObjective {
  private let plan: PriorPlan
  private let tokenizer: PyramidTokenizerModel
  private let vocabulary: BytePairVocabulary
  private let prior: PriorModel

  init(
    plan: PriorPlan, tokenizer: PyramidTokenizerModel, vocabulary: BytePairVocabulary,
    prior: PriorModel
  ) {
    self.plan = plan
    self.tokenizer = tokenizer
    self.vocabulary = vocabulary
    self.prior = prior
  }

  struct Outcome {
    let loss: Variable
    /// Level 1 first.
    let counts: [PredictionCount]
  }

  /// The bits of every clip and level as ±1; clips [N, T, H, W, 3] are tokenized without captions.
  func tokens(of video: Tensor) -> [MaskedClip.Levels] {
    let codes = tokenizer.encode(Variable(video)).codes.map { codes in
      codes.value.withUnsafeBuffer { $0.map { Float($0 >= 0 ? 1 : -1) } }
    }
    let clips = video.shape[0]
    return (0..<clips).map { clip in
      codes.map { level in
        let size = level.count / clips
        return Array(level[clip * size..<(clip + 1) * size])
      }
    }
  }

  /// So many masks of each clip of a batch, as the plan has it.
  func masked(_ batch: TrainingBatch, random: inout RandomSource) -> [MaskedClip] {
    let (frames, size) = (batch.video.shape[1], batch.video.shape[2])
    let configuration = prior.configuration
    let padded = configuration.geometry.padded(frames: frames, width: size, height: size)
    let formers = formers(batch)
    return tokens(of: batch.video).enumerated().flatMap { index, levels in
      let source = RegionSource(
        frames: frames, size: size, caption: batch.captions[index], parts: batch.parts[index],
        ground: batch.grounds[index])
      return (0..<plan.draws).compactMap { _ in
        let family = MaskFamily.drawn(plan.masks, &random)
        let drawn =
          formers[index] == nil
          ? source.draw(family, levelCount: configuration.levelCount, &random)
          : source.edit(&random)
        let isSilent = random.uniform() < plan.promptDropout
        return MaskedClip(
          levels, keeping: formers[index] ?? levels, padded: padded, drawn: drawn,
          prompt: isSilent ? [] : vocabulary.encode(drawn.prompt), flips: Float(plan.flips),
          configuration: configuration, random: &random)
      }
    }
  }

  /// The tokens of clips before they were changed; nil for those that were not.
  private func formers(_ batch: TrainingBatch) -> [MaskedClip.Levels?] {
    let videos = batch.formers.compactMap(\.self)
    var rest = videos.isEmpty ? [] : tokens(of: Tensor.concatenated(videos, along: 0))[...]
    return batch.captions.indices.map { index in
      batch.formers.indices.contains(index) && batch.formers[index] != nil
        ? rest.popFirst() : nil
    }
  }

  /// −ln p of a masked group: mean over those of a level, then over the levels with the square roots
  /// of how many they have as weights, so that neither fine nor coarse ones drown the others.
  func forward(_ clips: [MaskedClip]) -> Outcome {
    let configuration = prior.configuration
    let groups = configuration.groups
    var (rows, start): ([Int], Int) = ([], 0)
    // Of each level, rows of the logits and their targets.
    var questions = [[(row: Int, state: Int)]](repeating: [], count: configuration.levelCount)
    for clip in clips {
      for asked in clip.asked {
        for group in 0..<groups where asked.isMasked[group] {
          questions[clip.level - 1].append((rows.count * groups + group, asked.states[group]))
        }
        rows.append(start + asked.row)
      }
      start += clip.example.open.count
    }
    let logits = prior.logits(clips.map(\.example), at: rows)
    let all = questions.reduce(Float(0)) { $0 + Float($1.count).squareRoot() }
    var loss = Variable(Tensor(0))
    for level in questions where !level.isEmpty {
      let share = Float(level.count).squareRoot() / all
      loss =
        loss
        + logits.gatheredRows(level.map(\.row)).crossEntropy(targets: level.map(\.state))
        .scaled(by: share)
    }
    return Outcome(loss: loss, counts: counts(clips, logits: logits.value))
  }

  private func counts(_ clips: [MaskedClip], logits: Tensor) -> [PredictionCount] {
    let configuration = prior.configuration
    let (groups, states) = (configuration.groups, configuration.states)
    var counts = [PredictionCount](repeating: PredictionCount(), count: configuration.levelCount)
    logits.withUnsafeBuffer { logits in
      var row = 0
      for clip in clips {
        for asked in clip.asked {
          var guess = asked.states
          var loss = 0.0
          for group in 0..<groups where asked.isMasked[group] {
            let first = (row * groups + group) * states
            let own = logits[first..<first + states]
            let top = own.indices.max { own[$0] < own[$1] } ?? first
            guess[group] = top - first
            let sum = own.reduce(0.0) { $0 + exp(Double($1 - own[top])) }
            loss += log(sum) + Double(own[top] - own[first + asked.states[group]])
          }
          counts[clip.level - 1].add(
            truth: asked.states, guess: guess, isMasked: asked.isMasked, loss: loss,
            groupBits: configuration.groupBits)
          row += 1
        }
      }
    }
    return counts
  }
}
