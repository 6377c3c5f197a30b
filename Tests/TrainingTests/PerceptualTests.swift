import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training

/// Slanted waves in three colours.
private func waves(frames: Int, height: Int, width: Int, phase: Double) -> Tensor {
  var values: [Float] = []
  for t in 0..<frames {
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let angle = 0.31 * Double(y) + 0.17 * Double(x) + 0.9 * Double(c) + 0.5 * Double(t)
          values.append(Float(sin(angle + phase) * 0.8))
        }
      }
    }
  }
  return Tensor(values, shape: [1, frames, height, width, 3])
}

/// Weights that a formula gives, in torchvision's names and SqueezeNet 1.1's layout, 8 to 16 channels.
func narrowNetwork(hasHeads: Bool) -> [String: StoredTensor] {
  var tensors: [String: StoredTensor] = [:]
  func add(_ name: String, _ shape: [Int], _ number: Int, scale: Double = 1) {
    let fanIn = shape.count > 1 ? shape.dropFirst().reduce(1, *) : 16
    let values = (0..<shape.reduce(1, *)).map { index in
      let angle = 0.7 * Double(index) * (1 + 0.01 * Double(number)) + Double(number)
      return Float(sin(angle) * sqrt(2 / Double(fanIn)) * scale)
    }
    tensors[name] = StoredTensor(Tensor(values, shape: shape))
  }
  add("features.0.weight", [8, 3, 3, 3], 1)
  add("features.0.bias", [8], 2, scale: 0.1)
  var number = 3
  var width = 8
  for place in [3, 4, 6, 7, 9, 10, 11, 12] {
    let parts = [
      ("squeeze", [4, width, 1, 1]), ("expand1x1", [8, 4, 1, 1]), ("expand3x3", [8, 4, 3, 3]),
    ]
    for (part, shape) in parts {
      add("features.\(place).\(part).weight", shape, number)
      add("features.\(place).\(part).bias", [shape[0]], number + 1, scale: 0.1)
      number += 2
    }
    width = 16
  }
  guard hasHeads else { return tensors }
  for index in 0..<7 {
    let channels = index == 0 ? 8 : 16
    let values = (0..<channels).map { channel in
      let angle = 0.7 * Double(channel) * (1 + 0.01 * Double(50 + index)) + Double(50 + index)
      return Float(abs(sin(angle) * sqrt(2 / 16)))
    }
    tensors["lin\(index).model.1.weight"] = StoredTensor(
      Tensor(values, shape: [1, channels, 1, 1]))
  }
  return tensors
}

@Suite struct PerceptualTests {
  private static let x = waves(frames: 2, height: 37, width: 41, phase: 0)
  private static let y = waves(frames: 2, height: 37, width: 41, phase: 1.2)

  @Test func featuresAreThoseOfPyTorch() throws {
    let network = try SqueezeNet(tensors: narrowNetwork(hasHeads: false), path: "narrow")
    let maps = network.features(of: Variable(Self.x))
    #expect(
      maps.map { Array($0.shape[1...]) } == [
        [2, 18, 20, 8], [2, 9, 10, 16], [2, 4, 5, 16], [2, 2, 2, 16], [2, 2, 2, 16],
        [2, 2, 2, 16], [2, 2, 2, 16],
      ])
    let expected: [Float] = [1273.5969, 207.8258, 7.3593, 1.4309, 1.3578, 1.3145, 1.3301]
    for (map, sum) in zip(maps, expected) {
      #expect(abs(map.value.values.reduce(0, +) - sum) < 2e-4 * sum + 1e-4)
    }
  }

  @Test(arguments: [(true, 0.045_586_62), (false, 0.223_291_31)])
  func distancesAreThoseOfPyTorch(hasHeads: Bool, distance: Double) throws {
    let network = try SqueezeNet(tensors: narrowNetwork(hasHeads: hasHeads), path: "narrow")
    let x = Variable(Self.x, requiresGradient: true)
    let value = PerceptualDistance(network: network)(x, original: Variable(Self.y))
    #expect(abs(Double(value.value.scalar) - distance) < 1e-5)
    guard hasHeads else { return }
    value.backward()
    let gradient = x.gradient ?? Tensor(zeros: Self.x.shape)
    #expect(abs(gradient.values.reduce(0) { $0 + abs($1) } - 0.905_707_18) < 2e-3)
    #expect(abs(gradient[0, 1, 10, 11, 0] - 2.989_964e-5) < 3e-7)
    #expect(abs(gradient[0, 1, 10, 11, 2] - 3.176_861e-5) < 3e-7)
  }

  @Test func equalPicturesHaveNoDistance() throws {
    let network = try SqueezeNet(tensors: narrowNetwork(hasHeads: true), path: "narrow")
    let x = Variable(Self.x)
    #expect(PerceptualDistance(network: network)(x, original: x).value.scalar == 0)
  }

  @Test func weightsThatDoNotFitAreNamed() throws {
    var tensors = narrowNetwork(hasHeads: true)
    tensors["lin3.model.1.weight"] = StoredTensor(Tensor(zeros: [1, 5, 1, 1]))
    #expect(throws: TrainingError.self) { try SqueezeNet(tensors: tensors, path: "a") }
    tensors = narrowNetwork(hasHeads: false)
    tensors["features.9.squeeze.weight"] = nil
    let error = #expect(throws: TrainingError.self) {
      try SqueezeNet(tensors: tensors, path: "a")
    }
    #expect(error?.description.contains("features.9.squeeze.weight") == true)
  }

  /// The authors' compressed network, decoded; numbers of the same maps from PyTorch.
  @Test(.enabled(if: SharedFolder.isPresent, "needs the shared weights"))
  func theTrainedNetworkIsPyTorchs() throws {
    let path = SharedFolder.file(
      "weights/squeezenet_deep_compression/squeezenet_v1.0_decoded.npz")
    let network = try SqueezeNet(path: path)
    #expect(network.channels == 512)
    #expect(network.heads == nil)
    let x = Variable(waves(frames: 2, height: 64, width: 64, phase: 0))
    let y = Variable(waves(frames: 2, height: 64, width: 64, phase: 1.2))
    let means: [Float] = [
      41.024_559, 273.175_537, 198.519_485, 154.181_198, 38.896_992, 14.706_633,
    ]
    let maps = network.features(of: x)
    #expect(maps.map { $0.shape[2] } == [29, 14, 7, 7, 7, 3])
    for (map, mean) in zip(maps, means) {
      #expect(abs(map.mean().value.scalar - mean) < 1e-3 * mean)
    }
    let distance = PerceptualDistance(network: network)(x, original: y).value.scalar
    #expect(abs(distance - 0.253_088_03) < 1e-4)
  }
}

@Suite struct FeatureDriftTests {
  @Test func theStudentLearnsWhatTheNetworkSees() throws {
    let network = try SqueezeNet(tensors: narrowNetwork(hasHeads: false), path: "narrow")
    var source = RandomSource(seed: 1)
    let drift = FeatureDrift(network: network, channels: 16, width: 6, from: &source)
    let features = Variable(Tensor.random([1, 3, 2, 2, 6]), requiresGradient: true)
    let video = waves(frames: 5, height: 33, width: 33, phase: 0)
    let optimizer = AdamW(drift.parameters)
    let first = drift(features, video: video)
    #expect(first.value.scalar > 0)
    for _ in 0..<60 {
      drift(features, video: video).backward()
      optimizer.update(learningRate: 0.05)
    }
    #expect(drift(features, video: video).value.scalar < 0.5 * first.value.scalar)
    #expect(features.gradient?.values.contains { $0 != 0 } == true)
    expectGradient(at: [features.value]) { drift($0[0], video: video) }
  }
}
