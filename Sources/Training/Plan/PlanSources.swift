import FoundationEssentials
import Tensors
import Tokenization

/// Finds what a plan names: data, vocabulary and first weights.
struct PlanSources {
  let plan: TrainingPlan
  let planPath: String

  /// By the data of the stages; equal data of several stages is one dataset.
  func datasets() throws -> [TrainingPlan.DataPlan: any ClipDataset] {
    var datasets: [TrainingPlan.DataPlan: any ClipDataset] = [:]
    for data in plan.stages.map({ $0.data ?? plan.data }) where datasets[data] == nil {
      datasets[data] = try dataset(data)
    }
    return datasets
  }

  private func dataset(_ data: TrainingPlan.DataPlan) throws -> any ClipDataset {
    guard let manifest = data.manifest else {
      return ProceduralDataset(seed: plan.seed, stream: .training, distinct: data.clips)
    }
    return ManifestDataset(
      try ClipManifest(path: path(manifest)), seed: plan.seed,
      augmentation: Augmentation(flip: data.flip ?? 0, crop: data.crop ?? 1))
  }

  /// Fresh weights, or those that the plan starts from.
  func model(
    random: inout RandomSource
  ) throws -> (model: PyramidTokenizerModel, vocabulary: BytePairVocabulary) {
    let frozen = try plan.textEncoder.map {
      try FrozenTextEncoder(directory: path($0.path), layout: $0.layout)
    }
    var configuration = plan.model
    configuration.textEncoder = frozen?.reference
    let model = PyramidTokenizerModel(configuration: configuration, random: &random)
    model.frozenText = frozen
    guard let initial = plan.initialWeights else { return (model, try vocabulary()) }
    let folder = try ModelFolder.read(path(initial))
    try model.load(tensors(of: folder, for: model), path: path(initial))
    return (model, plan.vocabulary == nil ? folder.vocabulary : try vocabulary())
  }

  /// Those of the folder; a head of another width starts anew.
  private func tensors(
    of folder: ModelFolder, for model: PyramidTokenizerModel
  ) -> [String: StoredTensor] {
    guard folder.configuration.alignmentWidth != model.configuration.alignmentWidth else {
      return folder.tensors
    }
    let isHead: (String) -> Bool = { $0.hasPrefix("alignment.") }
    return folder.tensors.filter { !isHead($0.key) }
      .merging(model.storedWeights(as: .float32).filter { isHead($0.key) }) { $1 }
  }

  private func vocabulary() throws -> BytePairVocabulary {
    // A frozen encoder has its own.
    if plan.textEncoder != nil { return BytePairVocabulary() }
    if let file = plan.vocabulary {
      let vocabulary = try BytePairVocabulary(path: path(file))
      guard vocabulary.size <= plan.model.vocabularySize else {
        throw TrainingError.badPlan(
          path: planPath,
          reason: "its vocabulary has \(vocabulary.size) ids, and vocabulary_size is "
            + "\(plan.model.vocabularySize)")
      }
      return vocabulary
    }
    return BytePairVocabulary(learning: try captions(), size: plan.model.vocabularySize)
  }

  /// The captions of the manifests, or of a thousand small clips of the world.
  private func captions() throws -> [String] {
    let manifests = Set(([plan.data] + plan.stages.compactMap(\.data)).compactMap(\.manifest))
    let listed = try manifests.sorted().flatMap {
      try ClipManifest(path: path($0)).entries.map(\.caption)
    }
    guard listed.isEmpty else { return listed }
    return (0..<1000).map { index in
      let seed = ProceduralWorld.seed(plan.seed, stream: .training, index: index)
      return ProceduralWorld.clip(seed: seed, frames: 9, width: 8, height: 8).caption
    }
  }

  /// A path of the plan, from the plan's folder.
  private func path(_ name: String) -> String {
    URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: planPath))
      .standardizedFileURL.path
  }
}
