import Layers
import Tensors
import Tokenization

/// Computes the loss of a batch and its gradients.
final class TrainingObjective {
  private let model: PyramidTokenizerModel
  private let vocabulary: BytePairVocabulary
  private let slope: Float
  let parameters: [NamedVariable] = []

  init(
    plan: TrainingPlan, planPath: String, model: PyramidTokenizerModel,
    vocabulary: BytePairVocabulary, random: inout RandomSource
  ) throws {
    self.model = model
    self.vocabulary = vocabulary
    slope = Float(plan.model.entropySlope)
  }

  /// What one pass through the model came to.
  struct Outcome {
    let output: PyramidOutput
    let terms: [(term: LossTerm, value: Variable, weight: Double)]
    let total: Variable
    let entropyMeters: [GradientMeter]
  }

  func whileMerged<Result>(_ body: () throws -> Result) rethrows -> Result { try body() }

  /// The loss terms with a weight above 0 and their weighted sum.
  func forward(
    _ batch: TrainingBatch, stage: TrainingPlan.StagePlan, weights: LossWeights
  ) throws -> Outcome {
    let video = Variable(batch.video)
    let limit = model.configuration.textLength
    let ids = batch.captions.map { vocabulary.encode($0, limit: limit) }
    let output = model.forward(video: video, text: ids, seen: batch.seen)
    var terms: [(term: LossTerm, value: Variable, weight: Double)] = []
    var total = Variable(Tensor(0))
    let meters = output.levels.map { _ in GradientMeter() }
    for term in LossTerm.allCases {
      guard let weight = weights[term.rawValue], weight > 0 else { continue }
      guard
        let value = self.value(
          of: term, output, video, order: batch.bitOrder, meters, Float(stage.sampleEntropyWeight))
      else { continue }
      terms.append((term, value, weight))
      total = total + value.scaled(by: Float(weight))
    }
    return Outcome(
      output: output, terms: terms, total: total,
      entropyMeters: terms.contains { $0.term == .entropy } ? meters : [])
  }

  /// Nil where the term needs something that the batch does not have.
  private func value(
    of term: LossTerm, _ output: PyramidOutput, _ video: Variable, order: [Int],
    _ meters: [GradientMeter], _ sampleWeight: Float
  ) -> Variable? {
    let levels = output.levels
    switch term {
    case .l1: return Reconstruction.absoluteError(output.reconstruction, video)
    case .l2: return Reconstruction.squaredError(output.reconstruction, video)
    case .ssim: return Reconstruction.dissimilarity(output.reconstruction, video)
    case .commitment: return Self.mean(levels.map { commitment($0.z) })
    case .entropy:
      return Self.mean(
        zip(levels, meters).map { level, meter in
          JointEntropy(level.z.metered(by: meter), slope: slope, order: order)
            .loss(sampleWeight: sampleWeight)
        })
    case .alignment:
      guard let context = output.context, video.shape[0] > 1 else { return nil }
      let pair = model.alignment(output.latents, text: context)
      return contrastiveLoss(pair.codes, pair.text, temperature: AlignmentHead.temperature)
    case .hierarchy:
      return hierarchicalConsistency(
        levels.map(\.z), ratios: Array(model.configuration.ratios.dropFirst()), slope: slope)
    case .perceptual, .textToken, .textCode, .autoregressive, .drift: return nil
    }
  }

  private static func mean(_ values: [Variable]) -> Variable {
    let sum = values.dropFirst().reduce(values[0], +)
    return sum.scaled(by: 1 / Float(values.count))
  }
}
