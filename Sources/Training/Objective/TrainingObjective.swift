import Layers
import Tensors
import Tokenization

/// Computes the loss of a batch: the model's way through it and every term of the plan.
final class TrainingObjective {
  private let model: PyramidTokenizerModel
  private let text: any TextEncoding
  private let slope: Float
  private let parts: ObjectiveParts

  /// To be made once a run, when the model has the weights that the run starts with; draws from
  /// `random` only if a part of the plan's objective has weights of its own.
  init(
    plan: TrainingPlan, planPath: String, model: PyramidTokenizerModel,
    vocabulary: BytePairVocabulary, random: inout RandomSource
  ) throws {
    self.model = model
    text = try model.textEncoding(vocabulary: vocabulary)
    slope = Float(plan.model.entropySlope)
    parts = try ObjectiveParts(
      plan: plan, planPath: planPath, model: model, vocabulary: vocabulary, random: &random)
  }

  /// What is trained beside the model and never part of its files: `objective.…`.
  var parameters: [NamedVariable] { parts.parameters(under: "objective") }

  /// Runs `body` with the adapters' changes in the model's weights.
  func whileMerged<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let adapters = parts.adapters else { return try body() }
    return try adapters.whileAdapted(body)
  }

  /// The loss terms with a weight above 0 and their weighted sum.
  func forward(
    _ batch: TrainingBatch, stage: TrainingPlan.StagePlan, weights: LossWeights
  ) throws -> TrainingOutcome {
    var random = batch.random
    let shows = LossTerm.allCases.contains { $0.judgesPicture && weights[$0.rawValue] ?? 0 > 0 }
    let pass = encoded(batch, showsPicture: shows, random: &random)
    let meters = pass.z.map { _ in GradientMeter() }
    var terms: [(term: LossTerm, value: Variable, weight: Double)] = []
    var total = Variable(Tensor(0))
    for term in LossTerm.allCases {
      guard let weight = weights[term.rawValue], weight > 0 else { continue }
      let value =
        term == .entropy
        ? entropy(pass, meters, sampleWeight: Float(stage.sampleEntropyWeight))
        : self.value(of: term, pass, random: &random)
      guard let value else { continue }
      terms.append((term, value, weight))
      total = total + value.scaled(by: Float(weight))
    }
    return TrainingOutcome(
      terms: terms, total: total, latents: pass.latents, picture: pass.picture,
      entropyMeters: terms.contains { $0.term == .entropy } ? meters : [])
  }

  // MARK: The way through the model

  private struct Pass {
    let batch: TrainingBatch
    /// What the encoder saw.
    let input: Tensor
    /// What is to be reconstructed.
    let video: Variable
    /// The encoder's, levels 1…L.
    let features: [Variable]
    let latents: QuantizedLatents
    let context: TextContext
    let picture: Variable?

    var z: [Variable] { latents.z }
  }

  private func encoded(
    _ batch: TrainingBatch, showsPicture: Bool, random: inout RandomSource
  ) -> Pass {
    let input = parts.corruption?(batch.video, random: &random) ?? batch.video
    let context = text(batch.captions).showing(batch.seen)
    let features = whileMerged { model.encoder(Variable(input)) }
    let latents = model.quantizer.quantize(features, text: context, stream: nil)
    return Pass(
      batch: batch, input: input, video: Variable(batch.video), features: features,
      latents: latents, context: context,
      picture: showsPicture ? model.decode(latents.codes) : nil)
  }

  // MARK: Terms

  /// Nil where the term needs something that the batch or the plan does not have.
  private func value(
    of term: LossTerm, _ pass: Pass, random: inout RandomSource
  ) -> Variable? {
    let codes = pass.latents.codes
    switch term {
    case .l1: return pass.picture.map { Reconstruction.absoluteError($0, pass.video) }
    case .l2: return pass.picture.map { Reconstruction.squaredError($0, pass.video) }
    case .ssim: return pass.picture.map { Reconstruction.dissimilarity($0, pass.video) }
    case .perceptual: return perceptual(pass, random: &random)
    case .commitment: return Self.mean(pass.z.map { commitment($0) })
    case .entropy: return nil
    case .hierarchy:
      let ratios = Array(model.configuration.ratios.dropFirst())
      return hierarchicalConsistency(pass.z, ratios: ratios, slope: slope)
    case .textToken:
      return paired(pass).flatMap { parts.tokenText?(pass.z, text: $0, slope: slope) }
    case .textCode: return paired(pass).flatMap { parts.codeText?(codes, text: $0) }
    case .alignment:
      return paired(pass).map { context in
        let pair = model.alignment(pass.latents, text: context)
        return contrastiveLoss(pair.codes, pair.text, temperature: AlignmentHead.temperature)
      }
    case .autoregressive:
      return parts.transformer?.loss(codes, text: pass.context, random: &random)
    case .drift: return drift(pass)
    case .masked: return nil
    }
  }

  private func entropy(
    _ pass: Pass, _ meters: [GradientMeter], sampleWeight: Float
  ) -> Variable {
    Self.mean(
      zip(pass.z, meters).map { z, meter in
        JointEntropy(z.metered(by: meter), slope: slope, order: pass.batch.bitOrder)
          .loss(sampleWeight: sampleWeight)
      })
  }

  /// The captions, if there is more than one to choose from.
  private func paired(_ pass: Pass) -> TextContext? {
    pass.video.shape[0] > 1 ? pass.context : nil
  }

  /// On a few frames, the same of every clip, where the plan says so.
  private func perceptual(_ pass: Pass, random: inout RandomSource) -> Variable? {
    guard let distance = parts.perceptual, let picture = pass.picture else { return nil }
    let count = pass.video.shape[1]
    guard let kept = parts.perceptualFrames, kept < count else {
      return distance(picture, original: pass.video)
    }
    var frames = Array(0..<count)
    frames.shuffle(using: &random)
    func chosen(_ x: Variable) -> Variable {
      Variable.concatenated(
        frames.prefix(kept).sorted().map { x.sliced(1, $0..<$0 + 1) }, along: 1)
    }
    return distance(chosen(picture), original: chosen(pass.video))
  }

  private func drift(_ pass: Pass) -> Variable? {
    switch parts.drift {
    case .adapters:
      let features = model.encoder(Variable(pass.input))
      let base = model.quantizer.quantize(features, text: pass.context, stream: nil)
      return posteriorDrift(pass.z, from: base.z, slope: slope)
    case .posterior(let frozen):
      let margins = frozen.margins(
        pass.input, captions: pass.batch.captions, seen: pass.batch.seen)
      return posteriorDrift(pass.z, from: margins, slope: slope)
    case .features(let drift):
      return drift(pass.features[pass.features.count - 1], video: pass.batch.video)
    case nil: return nil
    }
  }

  private static func mean(_ values: [Variable]) -> Variable {
    let sum = values.dropFirst().reduce(values[0], +)
    return sum.scaled(by: 1 / Float(values.count))
  }
}
