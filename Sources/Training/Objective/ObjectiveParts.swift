import FoundationEssentials
import Layers
import Tensors
import Tokenization

/// What the terms of a plan need beside the model: heads and networks of their own.
///
/// A part is made where a stage names its term, whatever the weight, so that weights can change while
/// the run goes on.
struct ObjectiveParts: Layer {
  enum Drift {
    /// From the model itself without its adapters.
    case adapters
    case posterior(FrozenTokenizer)
    case features(FeatureDrift)
  }

  private(set) var corruption: InputCorruption?
  private(set) var adapters: EncoderAdapters?
  private(set) var transformer: AutoregressiveTransformer?
  private(set) var tokenText: TokenTextAlignment?
  private(set) var codeText: CodewordTextAlignment?
  private(set) var perceptual: PerceptualDistance?
  private(set) var perceptualFrames: Int?
  private(set) var drift: Drift?

  /// The model has the weights that the run starts with; what `random` gives first is drawn only if
  /// some part needs it.
  init(
    plan: TrainingPlan, planPath: String, model: PyramidTokenizerModel,
    vocabulary: BytePairVocabulary, random: inout RandomSource
  ) throws {
    let terms = Set(
      plan.stages.flatMap { Array($0.losses.keys) + Array(($0.finalLosses ?? [:]).keys) })
    func names(_ term: LossTerm) -> Bool { terms.contains(term.rawValue) }
    corruption = plan.corruption.map { InputCorruption($0) }
    let files = ObjectiveFiles(plan: plan, planPath: planPath)
    if names(.perceptual) {
      perceptual = PerceptualDistance(network: try files.network(for: .perceptual))
      perceptualFrames = plan.perceptual?.frames
    }
    let learns = [.autoregressive, .textToken, .textCode, .drift].contains(where: names)
    guard learns || plan.adapters != nil else { return }
    // A source for each, so that a part has the same first weights whatever others there are.
    var source = random.split()
    var sources = (0..<5).map { _ in source.split() }
    let configuration = model.configuration
    adapters = plan.adapters.map {
      EncoderAdapters($0, parameters: model.parameters, from: &sources[0])
    }
    if names(.autoregressive) {
      transformer = AutoregressiveTransformer(
        plan.autoregressive ?? AutoregressivePlan(), model: configuration, from: &sources[1])
    }
    if names(.textToken) {
      tokenText = TokenTextAlignment(
        textWidth: configuration.textWidth, bits: configuration.bits,
        levels: configuration.levelCount, from: &sources[2])
    }
    if names(.textCode) {
      codeText = CodewordTextAlignment(
        textWidth: configuration.textWidth, bits: configuration.bits, from: &sources[3])
    }
    guard names(.drift) else { return }
    switch plan.drift?.kind ?? .posterior {
    case .posterior where adapters != nil && plan.drift?.weights == nil: drift = .adapters
    case .posterior:
      drift = .posterior(try files.tokenizer(model: model, vocabulary: vocabulary))
    case .features:
      let own = try files.network(for: .drift)
      drift = .features(
        FeatureDrift(
          network: own, channels: own.channels, width: configuration.widths.last ?? 1,
          from: &sources[4]))
    }
  }

  var parameters: [NamedVariable] {
    var parameters = adapters?.parameters(under: "adapters") ?? []
    parameters += transformer?.parameters(under: "autoregressive") ?? []
    parameters += tokenText?.parameters(under: "text_token") ?? []
    parameters += codeText?.parameters(under: "text_code") ?? []
    if case .features(let features) = drift { parameters += features.parameters(under: "drift") }
    return parameters
  }
}

/// Finds the frozen networks that a plan names.
private struct ObjectiveFiles {
  let plan: TrainingPlan
  let planPath: String

  func network(for term: LossTerm) throws -> SqueezeNet {
    let own = term == .drift ? plan.drift?.weights : nil
    guard let name = own ?? plan.perceptual?.weights else {
      throw TrainingError.badPlan(
        path: planPath,
        reason: "the term “\(term.rawValue)” needs a frozen network; name its file in "
          + "“\(term == .drift ? "drift" : "perceptual").weights”")
    }
    let path = path(name)
    guard FileManager.default.fileExists(atPath: path) else {
      throw TrainingError.badPlan(
        path: planPath,
        reason: "the term “\(term.rawValue)” needs \(path), which is not there; bring the weights "
          + "of a SqueezeNet 1.1 as .npz or .safetensors (README.md beside the bundled plans says "
          + "how), or leave the term out of the losses")
    }
    return try SqueezeNet(path: path)
  }

  func tokenizer(
    model: PyramidTokenizerModel, vocabulary: BytePairVocabulary
  ) throws -> FrozenTokenizer {
    if let name = plan.drift?.weights {
      return try FrozenTokenizer(path: path(name), like: model.configuration)
    }
    guard plan.initialWeights != nil else {
      throw TrainingError.badPlan(
        path: planPath,
        reason: "the term “drift” needs weights to hold to; give “initial_weights”, "
          + "“drift.weights” or “adapters”")
    }
    return try FrozenTokenizer(copying: model, vocabulary: vocabulary)
  }

  private func path(_ name: String) -> String {
    URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: planPath))
      .standardizedFileURL.path
  }
}
