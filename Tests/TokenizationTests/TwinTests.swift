import Foundation
import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// The same weights, clips and losses as `Fixtures/make_twin_fixture.py` gave to PyTorch.
@Suite struct TwinTests {
  private let fixture: SafetensorsFile
  private let model: PyramidTokenizerModel
  private let video: Variable
  private let ids: [[Int]]

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    fixture = try SafetensorsFile.read(
      folder.appendingPathComponent("Fixtures/twin.safetensors").path)
    let json = Array(try #require(fixture.metadata["configuration"]).utf8)
    let configuration = try TokenizerConfiguration(json: json, path: "twin")
    var random = RandomSource(seed: 1)
    model = PyramidTokenizerModel(configuration: configuration, random: &random)
    var weights: [String: StoredTensor] = [:]
    for (name, tensor) in fixture.tensors where name.hasPrefix("weights.") {
      weights[String(name.dropFirst(8))] = tensor
    }
    try model.load(weights, path: "twin")
    let frames = try #require(fixture.tensors["frames"])
    let pixels = try #require(frames.integers)
    video = Variable(Tensor(pixels.map { Float($0) / 127.5 - 1 }, shape: frames.shape))
    let stored = try #require(fixture.tensors["ids"])
    let flat = try #require(stored.integers)
    ids = (0..<2).map { Array(flat[$0 * stored.shape[1]..<($0 + 1) * stored.shape[1]]) }
  }

  @Test func outputsEqualPyTorch() throws {
    let output = model.forward(video: video, text: ids)
    let silent = model.forward(video: video)
    for level in 1...4 {
      try expect(output.latents.z[level - 1].value, equals: "z.\(level)")
      try expect(silent.latents.z[level - 1].value, equals: "silent.\(level)")
    }
    let expected = try #require(fixture.tensors["reconstruction"]?.tensor)
    expectClose(everySecondColumn(output.reconstruction.value), expected, within: 1e-4)
  }

  /// Columns 0, 2, 4… of the first clip of [N, T, H, W, 3].
  private func everySecondColumn(_ video: Tensor) -> Tensor {
    let (frames, height, width) = (video.shape[1], video.shape[2], video.shape[3])
    var kept: [Float] = []
    let values = video.values
    for row in 0..<frames * height {
      for column in stride(from: 0, to: width, by: 2) {
        let pixel = (row * width + column) * 3
        kept += values[pixel..<pixel + 3]
      }
    }
    return Tensor(kept, shape: [1, frames, height, width / 2, 3])
  }

  @Test func lossesAndGradientsEqualPyTorch() throws {
    let output = model.forward(video: video, text: ids)
    let context = try #require(output.context)
    let terms = try #require(fixture.metadata["terms"])
    let expected = try JSONDecoder().decode([String: Double].self, from: Data(terms.utf8))
    let l1 = (output.reconstruction - video).absolute().mean()
    let commitment = mean(
      output.levels.map { ($0.z - Variable($0.codes.value)).squared().mean() })
    let entropy = mean(
      output.levels.map { sampleEntropy($0.z, slope: Float(model.configuration.entropySlope)) })
    let alignment = contrast(model.alignment(output.latents, text: context))
    let values = ["l1": l1, "commitment": commitment, "entropy": entropy, "alignment": alignment]
    for (name, value) in values {
      let reference = try #require(expected[name])
      #expect(abs(Double(value.value.scalar) - reference) <= 1e-4 * abs(reference), "\(name)")
    }
    let loss =
      l1 + commitment.scaled(by: 0.05) + entropy.scaled(by: 0.01) + alignment.scaled(by: 0.02)
    loss.backward()
    try expectGradients()
  }

  private func expectGradients() throws {
    let text = try #require(fixture.metadata["gradient_norms"])
    let norms = try JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
    for (name, variable) in model.parameters {
      let gradient = try #require(variable.gradient, "\(name)")
      let norm = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let reference = try #require(norms[name])
      #expect(abs(norm - reference) <= 1e-3 * reference + 1e-7, "\(name): \(norm), \(reference)")
      guard let expected = fixture.tensors["gradients." + name]?.tensor else { continue }
      let largest = expected.values.map(abs).max() ?? 0
      #expect(
        gradient.largestDifference(from: expected) <= 1e-3 * largest + 1e-7, "\(name)")
    }
    #expect(norms.count == model.parameters.count)
  }

  private func expect(_ tensor: Tensor, equals name: String) throws {
    let expected = try #require(fixture.tensors[name]?.tensor)
    #expect(tensor.shape == expected.shape)
    expectClose(tensor, expected, within: 1e-4)
  }

  private func mean(_ values: [Variable]) -> Variable {
    values.dropFirst().reduce(values[0], +).scaled(by: 1 / Float(values.count))
  }

  /// Mean over positions of the summed bit entropies, p = σ(slope · z).
  private func sampleEntropy(_ z: Variable, slope: Float) -> Variable {
    let p = z.scaled(by: slope).sigmoid()
    let q = p.scaled(by: -1).plus(1)
    let entropy = (p * p.logarithm() + q * q.logarithm()).scaled(by: -1)
    return entropy.mean().scaled(by: Float(model.configuration.bits))
  }

  private func contrast(_ pair: (codes: Variable, text: Variable)) -> Variable {
    let logits = pair.codes.product(pair.text, transposingOther: true)
      .scaled(by: 1 / AlignmentHead.temperature)
    let diagonal = Variable(Tensor([1, 0, 0, 1], shape: [2, 2]))
    let rows = (logits.logSoftmax() * diagonal).sum()
    let columns = (logits.permuted([1, 0]).logSoftmax() * diagonal).sum()
    return (rows + columns).scaled(by: -0.25)
  }
}
