import Foundation
import Layers
import Tensors
import Tokenization
import Training

/// The model on one fixed batch: a forward pass and a training step.
final class ModelWorkload {
  private let configuration: TokenizerConfiguration
  /// The weights at the start, which PyTorch gets as well.
  private let tensors: [String: StoredTensor]
  private let trained: PyramidTokenizerModel
  let frozen: PyramidTokenizerModel
  private let optimizer: AdamW
  private let video: Tensor
  private let captions: [[Int]]
  private let precision: Precision

  init(_ options: BenchmarkOptions) throws {
    precision = options.precision
    var source = RandomSource(seed: 1)
    if let directory = options.model {
      let folder = try ModelFolder.read(directory)
      configuration = folder.configuration
      trained = PyramidTokenizerModel(configuration: configuration, random: &source)
      try trained.load(folder.tensors, path: directory)
    } else {
      configuration = TokenizerConfiguration()
      trained = PyramidTokenizerModel(configuration: configuration, random: &source)
    }
    tensors = trained.storedWeights(as: .float32)
    frozen = PyramidTokenizerModel(configuration: configuration, random: &source)
    try frozen.load(tensors, path: "the benchmark's copy")
    for (_, variable) in frozen.parameters { variable.freeze() }
    optimizer = AdamW(trained.parameters)
    let shape = [options.clips, options.frames, options.size, options.size, 3]
    let count = shape.reduce(1, *)
    video = Tensor(
      (0..<count).map { 0.8 * sinf(Float($0) * 0.0137) + 0.2 * Float(source.uniform() * 2 - 1) },
      shape: shape)
    let vocabulary = configuration.vocabularySize
    captions = (0..<options.clips).map { clip in
      (0..<(clip == 0 ? 24 : 12)).map { _ in 1 + source.integer(below: vocabulary - 1) }
    }
  }

  @discardableResult
  func forward() -> PyramidOutput {
    precision.whileInUse { frozen.forward(video: Variable(video), text: captions) }
  }

  /// One training step; returns its loss.
  @discardableResult
  func step() -> Float {
    let output = precision.whileInUse { trained.forward(video: Variable(video), text: captions) }
    let loss = loss(of: output)
    loss.backward()
    optimizer.update(learningRate: 1e-4)
    return loss.value.scalar
  }

  private func loss(of output: PyramidOutput) -> Variable {
    let original = Variable(video)
    let commitments = output.levels.map { commitment($0.z) }
    let sum = commitments.dropFirst().reduce(commitments[0], +)
    return Reconstruction.absoluteError(output.reconstruction, original)
      + Reconstruction.squaredError(output.reconstruction, original).scaled(by: 6)
      + Reconstruction.dissimilarity(output.reconstruction, original).scaled(by: 0.3)
      + sum.scaled(by: 0.05 / Float(commitments.count))
  }

  /// Weights, clips and captions for PyTorch.
  func writeInput(to path: String) throws {
    var all = tensors
    all["input.video"] = StoredTensor(video, as: .float32)
    let length = captions.map(\.count).max() ?? 0
    let ids = captions.flatMap { ids in
      ids.map(Int64.init) + [Int64](repeating: 0, count: length - ids.count)
    }
    all["input.ids"] = StoredTensor(ids, shape: [captions.count, length])
    let json = String(decoding: try configuration.json(), as: UTF8.self)
    try SafetensorsFile(metadata: ["configuration": json], tensors: all).write(to: path)
  }

  /// Output, z, loss and gradients of the weights at the start, for PyTorch to compare with.
  func writeOutput(to path: String) throws {
    let output = precision.whileInUse { trained.forward(video: Variable(video), text: captions) }
    let loss = loss(of: output)
    loss.backward()
    var all = [
      "reconstruction": StoredTensor(output.reconstruction.value, as: .float32),
      "loss": StoredTensor(loss.value, as: .float32),
    ]
    for (index, level) in output.levels.enumerated() {
      all["z.\(index)"] = StoredTensor(level.z.value, as: .float32)
    }
    for (name, variable) in trained.parameters {
      if let gradient = variable.gradient {
        all["gradient." + name] = StoredTensor(gradient, as: .float32)
      }
      variable.gradient = nil
    }
    try SafetensorsFile(metadata: [:], tensors: all).write(to: path)
  }
}
