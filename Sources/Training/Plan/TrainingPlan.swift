import FoundationEssentials
import Tensors
import Tokenization

/// Everything that a training run is told: a file in `samples/plans`.
package struct TrainingPlan: Sendable, Equatable, Codable {
  package static let currentFormat = "pyratok.plan.1"

  package var format = Self.currentFormat
  package var seed: UInt64
  /// The shape of the model; left out fields are those of the bundled one.
  package var model: TokenizerConfiguration
  /// A vocabulary file, relative to the plan; learnt from captions of the data if left out.
  package var vocabulary: String?
  /// Reads the captions in place of an encoder that is trained with the model.
  package var textEncoder: TextEncoderPlan?
  /// A model folder, relative to the plan, whose weights training starts from.
  package var initialWeights: String?
  package var data: DataPlan
  /// Of the factors of products in training; validation and saved weights are float32.
  package var precision: Precision
  /// One after the other.
  package var stages: [StagePlan]
  package var checkpoint: CheckpointPlan
  package var validation: ValidationPlan
  package var histograms: HistogramPlan
  /// Parts of the objective that are there only if the plan has them.
  package var autoregressive: AutoregressivePlan?
  package var perceptual: PerceptualPlan?
  package var drift: DriftPlan?
  package var corruption: CorruptionPlan?
  package var adapters: AdapterPlan?
  /// A prior is trained in place of a tokenizer; the fields above that shape a tokenizer are not used.
  package var prior: PriorPlan?

  /// What the processor at hand makes of `precision`.
  var usedPrecision: Precision { Precision.hasFastBFloat16 ? precision : .float32 }

  /// Steps of all stages together.
  package var steps: Int { stages.reduce(0) { $0 + $1.steps } }

  /// Where training clips come from: a manifest, or the procedural world if none is given.
  package struct DataPlan: Sendable, Hashable, Codable {
    /// `.json`, `.jsonl` or `.csv` with path and caption, relative to the plan.
    package var manifest: String?
    /// The procedural world gives this many clips over and over; without it every clip is new.
    package var clips: Int?
    /// The share of listed clips that are mirrored; those whose caption tells left from right never
    /// are.
    package var flip: Double?
    /// The least share of the square's side that a random crop of a listed clip keeps, in 0…1.
    package var crop: Double?
  }

  /// One shape that a batch may have, drawn with probability in proportion to its share.
  package struct BatchPlan: Sendable, Equatable, Codable {
    package var clips: Int
    /// 4k + 1.
    package var frames: Int
    /// Width and height in pixels.
    package var size: Int
    package var share: Double
  }

  package struct StagePlan: Sendable, Equatable, Codable {
    package var name: String
    package var steps: Int
    /// The plan's data if left out.
    package var data: DataPlan?
    package var batch: [BatchPlan]
    /// Batches whose gradients are averaged before the weights change.
    package var accumulate: Int
    package var losses: LossWeights
    /// Weights that fall, in a straight line over the decay of the learning rate, to these.
    package var finalLosses: LossWeights?
    /// What per-sample entropy counts against batch entropy.
    package var sampleEntropyWeight: Double
    /// The share of clips that are tokenized without their caption.
    package var captionDropout: Double
    /// Whether the decoder sees signs or, with `identity`, the numbers behind them.
    package var quantizer: QuantizerKind
    /// Whether the gradient passes the signs; without it the encoder does not learn.
    package var straightThrough: Bool
    package var optimizer: OptimizerPlan
    /// Patterns of parameter names, such as `encoder.*`; all parameters if left out.
    package var trainable: [String]?
  }

  package enum QuantizerKind: String, Sendable, Codable, CaseIterable {
    case pyramid
    case identity
  }

  package struct OptimizerPlan: Sendable, Equatable, Codable {
    package var learningRate: Double
    package var beta1: Double
    package var beta2: Double
    package var weightDecay: Double
    package var warmUpSteps: Int
    /// The first step, within the stage, of the cosine decay.
    package var decayStart: Int
    /// The last learning rate as a share of the first.
    package var floor: Double
    /// The longest gradient, over all parameters together.
    package var clipNorm: Double
    /// What the average of the weights keeps at each step, at most.
    package var averageDecay: Double
  }

  package struct CheckpointPlan: Sendable, Equatable, Codable {
    /// Steps between two checkpoints.
    package var every: Int
  }

  /// Held-out clips of the procedural world, always the same ones.
  package struct ValidationPlan: Sendable, Equatable, Codable {
    /// Steps between two validations.
    package var every: Int
    package var clips: Int
    package var frames: Int
    package var size: Int
    /// Clips that are shown beside their reconstruction.
    package var previews: Int
  }

  package struct HistogramPlan: Sendable, Equatable, Codable {
    /// Steps between two histograms of z.
    package var every: Int
  }
}
