import FoundationEssentials
import Tensors
import Tokenization

extension TrainingPlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case format
    case seed
    case model
    case vocabulary
    case textEncoder = "text_encoder"
    case initialWeights = "initial_weights"
    case data
    case precision
    case stages
    case checkpoint
    case validation
    case histograms
    case autoregressive
    case perceptual
    case drift
    case corruption
    case adapters
    case prior
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    format = try fields.decode(String.self, forKey: .format)
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    model = try fields.decodeIfPresent(PartialModel.self, forKey: .model)?.whole ?? .init()
    vocabulary = try fields.decodeIfPresent(String.self, forKey: .vocabulary)
    textEncoder = try fields.decodeIfPresent(TextEncoderPlan.self, forKey: .textEncoder)
    initialWeights = try fields.decodeIfPresent(String.self, forKey: .initialWeights)
    data = try fields.decodeIfPresent(DataPlan.self, forKey: .data) ?? DataPlan()
    precision = try fields.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
    stages = try fields.decode([StagePlan].self, forKey: .stages)
    checkpoint =
      try fields.decodeIfPresent(CheckpointPlan.self, forKey: .checkpoint)
      ?? CheckpointPlan(every: 500)
    validation =
      try fields.decodeIfPresent(ValidationPlan.self, forKey: .validation)
      ?? ValidationPlan(every: 500, clips: 16, frames: 17, size: 64, previews: 2)
    let steps = stages.reduce(0) { $0 + max(0, $1.steps) }
    histograms =
      try fields.decodeIfPresent(HistogramPlan.self, forKey: .histograms)
      ?? HistogramPlan(every: max(1, steps / 100))
    autoregressive = try fields.decodeIfPresent(AutoregressivePlan.self, forKey: .autoregressive)
    perceptual = try fields.decodeIfPresent(PerceptualPlan.self, forKey: .perceptual)
    drift = try fields.decodeIfPresent(DriftPlan.self, forKey: .drift)
    corruption = try fields.decodeIfPresent(CorruptionPlan.self, forKey: .corruption)
    adapters = try fields.decodeIfPresent(AdapterPlan.self, forKey: .adapters)
    prior = try fields.decodeIfPresent(PriorPlan.self, forKey: .prior)
  }

  /// A configuration of which a plan may leave out fields.
  private struct PartialModel: Decodable {
    let whole: TokenizerConfiguration

    init(from decoder: any Decoder) throws {
      let given = try decoder.singleValueContainer().decode([String: JSONValue].self)
      let standard = try JSONEncoder().encode(TokenizerConfiguration())
      let known = try JSONDecoder().decode([String: JSONValue].self, from: standard)
      let merged = try JSONEncoder().encode(known.merging(given) { $1 })
      whole = try JSONDecoder().decode(TokenizerConfiguration.self, from: merged)
    }
  }
}

extension TrainingPlan.StagePlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case steps
    case data
    case batch
    case accumulate
    case losses
    case finalLosses = "final_losses"
    case sampleEntropyWeight = "sample_entropy_weight"
    case captionDropout = "caption_dropout"
    case quantizer
    case straightThrough = "straight_through"
    case optimizer
    case trainable
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decode(String.self, forKey: .name)
    steps = try fields.decode(Int.self, forKey: .steps)
    data = try fields.decodeIfPresent(TrainingPlan.DataPlan.self, forKey: .data)
    batch = try fields.decode([TrainingPlan.BatchPlan].self, forKey: .batch)
    accumulate = try fields.decodeIfPresent(Int.self, forKey: .accumulate) ?? 1
    losses = try fields.decode(LossWeights.self, forKey: .losses)
    finalLosses = try fields.decodeIfPresent(LossWeights.self, forKey: .finalLosses)
    sampleEntropyWeight =
      try fields.decodeIfPresent(Double.self, forKey: .sampleEntropyWeight) ?? 0.5
    captionDropout = try fields.decodeIfPresent(Double.self, forKey: .captionDropout) ?? 0.35
    quantizer =
      try fields.decodeIfPresent(TrainingPlan.QuantizerKind.self, forKey: .quantizer) ?? .pyramid
    straightThrough = try fields.decodeIfPresent(Bool.self, forKey: .straightThrough) ?? true
    optimizer = try fields.decode(TrainingPlan.OptimizerPlan.self, forKey: .optimizer)
    trainable = try fields.decodeIfPresent([String].self, forKey: .trainable)
    if optimizer.decayStart < 0 { optimizer.decayStart = steps }
  }
}

extension TrainingPlan.DataPlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case manifest
    case clips
    case flip
    case crop
  }
}

extension TrainingPlan.ValidationPlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case every
    case clips
    case frames
    case size
    case previews
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    every = try fields.decode(Int.self, forKey: .every)
    clips = try fields.decode(Int.self, forKey: .clips)
    frames = try fields.decode(Int.self, forKey: .frames)
    size = try fields.decode(Int.self, forKey: .size)
    previews = try fields.decodeIfPresent(Int.self, forKey: .previews) ?? 2
  }
}

extension TrainingPlan.BatchPlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case clips
    case frames
    case size
    case share
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    clips = try fields.decode(Int.self, forKey: .clips)
    frames = try fields.decode(Int.self, forKey: .frames)
    size = try fields.decode(Int.self, forKey: .size)
    share = try fields.decodeIfPresent(Double.self, forKey: .share) ?? 1
  }
}

extension TrainingPlan.OptimizerPlan {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate"
    case beta1
    case beta2
    case weightDecay = "weight_decay"
    case warmUpSteps = "warm_up_steps"
    case decayStart = "decay_start"
    case floor
    case clipNorm = "clip_norm"
    case averageDecay = "average_decay"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try fields.decode(Double.self, forKey: .learningRate)
    beta1 = try fields.decodeIfPresent(Double.self, forKey: .beta1) ?? 0.9
    beta2 = try fields.decodeIfPresent(Double.self, forKey: .beta2) ?? 0.99
    weightDecay = try fields.decodeIfPresent(Double.self, forKey: .weightDecay) ?? 0.01
    warmUpSteps = try fields.decodeIfPresent(Int.self, forKey: .warmUpSteps) ?? 0
    // Below zero: no decay; the stage puts its end here.
    decayStart = try fields.decodeIfPresent(Int.self, forKey: .decayStart) ?? -1
    floor = try fields.decodeIfPresent(Double.self, forKey: .floor) ?? 0.02
    clipNorm = try fields.decodeIfPresent(Double.self, forKey: .clipNorm) ?? 1
    averageDecay = try fields.decodeIfPresent(Double.self, forKey: .averageDecay) ?? 0.999
  }
}
