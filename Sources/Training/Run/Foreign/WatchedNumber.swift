/// What a number of another program means to the alerts, as far as its name tells without doubt.
enum WatchedNumber: Hashable, Sendable {
  /// The loss between the values before quantization and their codes.
  case commitment
  /// The loss of the reconstruction.
  case picture
  /// The term of the loss that holds entropies.
  case entropyTerm
  /// The entropy of the codes of a batch.
  case batchEntropy
  /// The loss of a discriminator, or what it counts for.
  case adversary
  case learningRate
  /// How many codes are in use; the level, where the name has one.
  case usage(level: Int?)
  /// The share of bits, or else of tokens, that changed since the last evaluation.
  case changes(ofBits: Bool, level: Int?)

  init?(tag: String, role: NumberRole) {
    let words = TagWords(tag)
    let isLoss = words.hasAny(of: ["loss", "losses"])
    guard !words.hasAny(of: Self.settings) else { return nil }
    switch role {
    case .learningRate: self = .learningRate
    case .codebook(.entropy, _):
      // What one token's probabilities are spread over is to be low.
      guard !words.hasAny(of: Self.single), !words.has("cross") else { return nil }
      self = .batchEntropy
    case .codebook(_, let level): self = .usage(level: level)
    case .other:
      if words.hasAny(of: Self.flips), words.namesCodes || words.hasAny(of: ["flips", "flipped"]) {
        self = .changes(ofBits: words.hasAny(of: ["bit", "bits"]), level: words.level)
      } else if words.has("entropy"), isLoss, !words.has("cross") {
        self = .entropyTerm
      } else if words.hasAny(of: Self.commitments) || isLoss && words.hasAny(of: Self.quantizers) {
        self = .commitment
      } else if isLoss && words.hasAny(of: Self.adversaries)
        || words.words.suffix(2) == ["disc", "factor"]
      {
        self = .adversary
      } else if words.hasAny(of: Self.reconstructions) && (isLoss || words.words.count == 1) {
        self = .picture
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// What is said of a number, in place of the number.
  private static let settings: Set = [
    "weight", "weights", "beta", "grad", "gradient", "norm", "accuracy", "acc", "count", "std",
  ]
  private static let single: Set = ["sample", "persample", "token", "min", "max"]
  private static let flips: Set = ["flip", "flips", "flipped", "churn"]
  private static let commitments: Set = ["commit", "commitment"]
  private static let quantizers: Set = [
    "vq", "rvq", "quant", "quantizer", "quantize", "quantization", "codebook", "q", "emb",
    "embedding",
  ]
  private static let adversaries: Set = [
    "disc", "discriminator", "gan", "adv", "adversarial", "d", "dloss",
  ]
  private static let reconstructions: Set = [
    "rec", "recon", "reconstruction", "reconstruct", "nll", "l1", "l2", "mse", "mae", "pixel",
  ]
}
