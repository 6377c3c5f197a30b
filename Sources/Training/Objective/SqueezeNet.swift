import Layers
import Tensors

/// A frozen network of pictures whose features other terms compare.
package protocol FeatureNetwork {
  /// Frames [N, T, H, W, 3] in −1…1, each alone, to feature maps [N, T, h, w, C], shallow ones first.
  func features(of video: Variable) -> [Variable]
  /// Learned weights of each map's channels (LPIPS), [1, C]; nil if there are none.
  var heads: [Variable]? { get }
}

/// SqueezeNet 1.0 and 1.1 (Iandola and others, 2016) up to their last fire module, trained on
/// ImageNet and frozen.
///
/// Maps as LPIPS takes them (Zhang and others, 2018): after the first convolution, the last fire
/// module of the first two resolutions, and each one from there.
package struct SqueezeNet: FeatureNetwork {
  private struct Fire {
    let squeeze: CausalConvolution3D
    let expand1: CausalConvolution3D
    let expand3: CausalConvolution3D

    var channels: Int { expand1.weight.shape[0] + expand3.weight.shape[0] }

    func callAsFunction(_ x: Variable) -> Variable {
      let narrow = squeeze(x).rectified()
      return expand1(narrow).concatenated(with: [expand3(narrow)], along: 4).rectified()
    }
  }

  private let entry: (weight: Variable, bias: Variable)
  /// Fire modules 2…9.
  private let fires: [Fire]
  /// The fire modules that stand behind a pooling.
  private let pooledBefore: Set<Int>
  package let heads: [Variable]?

  /// - Parameter tensors: named as by torchvision (`features.3.squeeze.weight`, RGB) or as by the
  ///   authors' Caffe files (`fire2.conv1x1_1.weight`, BGR); LPIPS heads as `lin0.model.1.weight`.
  package init(tensors: [String: StoredTensor], path: String) throws {
    let naming = SqueezeNetNaming(tensors: tensors, path: path)
    let first = try naming.entry()
    entry = (Variable(first.weight), Variable(first.bias))
    // 1.0 begins with a 7x7 kernel and pools before fire 2, 5 and 9; 1.1 with 3x3, before 2, 4 and 6.
    let isFirstVersion = first.weight.shape[3] == 7
    pooledBefore = isFirstVersion ? [2, 5, 9] : [2, 4, 6]
    var width = first.weight.shape[0]
    var fires: [Fire] = []
    for number in 2...9 {
      let fire = Fire(
        squeeze: try naming.convolution(.squeeze, of: number, inputs: width, isFirstVersion),
        expand1: try naming.convolution(.expand1, of: number, inputs: nil, isFirstVersion),
        expand3: try naming.convolution(.expand3, of: number, inputs: nil, isFirstVersion))
      let narrow = fire.squeeze.weight.shape[0]
      guard fire.expand1.weight.shape[1] == narrow, fire.expand3.weight.shape[1] == narrow else {
        throw naming.fault("the maps of its fire module \(number) do not fit each other")
      }
      width = fire.channels
      fires.append(fire)
    }
    self.fires = fires
    heads = try naming.heads(
      channels: Self.mapped(pooledBefore).map { number in
        number == 1 ? first.weight.shape[0] : fires[number - 2].channels
      })
  }

  /// From a file of NumPy's (`.npz`) or of safetensors.
  package init(path: String) throws {
    let arrays =
      path.hasSuffix(".npz")
      ? Dictionary(
        try NumpyArchive.read(path).map { ($0.name.droppingNumpyEnding, $0.array) },
        uniquingKeysWith: { first, _ in first })
      : try SafetensorsFile.read(path).tensors
    try self.init(tensors: arrays, path: path)
  }

  /// Of the deepest map.
  package var channels: Int { fires[fires.count - 1].channels }

  /// The modules whose maps are taken, the first convolution being module 1.
  private static func mapped(_ pooledBefore: Set<Int>) -> [Int] {
    let poolings = pooledBefore.sorted()
    return [1]
      + (2...9).filter { number in
        // The last before each pooling, and all behind the last but one resolution change of 1.1.
        poolings.contains(number + 1) || number >= 6
      }
  }

  package func features(of video: Variable) -> [Variable] {
    let chosen = Self.mapped(pooledBefore)
    var x = video.convolution3D(
      weight: entry.weight, bias: entry.bias, stride: Extent3D(1, 2, 2)
    ).rectified()
    var maps = [x]
    for (index, fire) in fires.enumerated() {
      if pooledBefore.contains(index + 2) { x = x.maxPooled() }
      x = fire(x)
      if chosen.contains(index + 2) { maps.append(x) }
    }
    return maps
  }
}

/// Finds SqueezeNet's arrays under the names that files give them.
struct SqueezeNetNaming {
  enum Part {
    case squeeze
    case expand1
    case expand3
  }

  let tensors: [String: StoredTensor]
  let path: String

  private var isCaffe: Bool { tensors["conv1.weight"] != nil }

  func fault(_ reason: String) -> TrainingError { .badWeights(path: path, reason: reason) }

  /// The first convolution, its weights changed so that it takes RGB in −1…1: it has no padding, so
  /// scale and mean of the training pictures can be moved into it.
  func entry() throws -> (weight: Tensor, bias: Tensor) {
    let name = isCaffe ? "conv1" : "features.0"
    let weight = try array(name + ".weight", rank: 4)
    let bias = try array(name + ".bias", rank: 1)
    let shape = weight.shape
    guard shape[1] == 3, shape[2] == shape[3], shape[2] == 3 || shape[2] == 7,
      bias.shape == [shape[0]]
    else {
      throw fault("“\(name)” has the shape \(shape), and SqueezeNet's is [C, 3, 7, 7] or 3x3")
    }
    // x' = (x − mean) / deviation per channel, of the file's order. Caffe: 127.5 x + 127.5 less the
    // mean of the pictures, blue first; torchvision: ImageNet's as LPIPS has them.
    let mean: [Float] =
      isCaffe
      ? [(104 - 127.5) / 127.5, (117 - 127.5) / 127.5, (123 - 127.5) / 127.5]
      : [-0.030, -0.088, -0.188]
    let deviation: [Float] =
      isCaffe ? [1 / 127.5, 1 / 127.5, 1 / 127.5] : [0.458, 0.448, 0.450]
    var (own, shift) = (weight, bias)
    let area = shape[2] * shape[3]
    for output in 0..<shape[0] {
      for channel in 0..<3 {
        let target = isCaffe ? 2 - channel : channel
        for place in 0..<area {
          let (y, x) = (place / shape[3], place % shape[3])
          let scaled = weight[output, channel, y, x] / deviation[channel]
          own[output, target, y, x] = scaled
          shift[output] -= scaled * mean[channel]
        }
      }
    }
    return (own.reshaped([shape[0], 3, 1, shape[2], shape[3]]), shift)
  }

  func convolution(
    _ part: Part, of fire: Int, inputs: Int?, _ isFirstVersion: Bool
  ) throws -> CausalConvolution3D {
    let name = self.name(part, of: fire, isFirstVersion)
    let weight = try array(name + ".weight", rank: 4)
    let bias = try array(name + ".bias", rank: 1)
    let shape = weight.shape
    let side = part == .expand3 ? 3 : 1
    guard shape[2] == side, shape[3] == side, inputs ?? shape[1] == shape[1],
      bias.shape == [shape[0]]
    else { throw fault("“\(name)” has the shape \(shape), which does not fit the maps before it") }
    return CausalConvolution3D(
      weight: Variable(weight.reshaped([shape[0], shape[1], 1, side, side])), bias: Variable(bias))
  }

  /// The heads for maps of these channels; nil if the file has none.
  func heads(channels: [Int]) throws -> [Variable]? {
    guard tensors["lin0.model.1.weight"] != nil else { return nil }
    return try channels.enumerated().map { index, channels in
      let name = "lin\(index).model.1.weight"
      let head = try array(name, rank: 4)
      guard head.count == channels else {
        throw fault("“\(name)” has \(head.count) weights for \(channels) channels")
      }
      return Variable(head.reshaped([1, channels]))
    }
  }

  private func name(_ part: Part, of fire: Int, _ isFirstVersion: Bool) -> String {
    if isCaffe {
      let part =
        switch part {
        case .squeeze: "conv1x1_1"
        case .expand1: "conv1x1_2"
        case .expand3: "conv3x3_2"
        }
      return "fire\(fire).\(part)"
    }
    // torchvision counts poolings and activations too.
    let places = isFirstVersion ? [3, 4, 5, 7, 8, 9, 10, 12] : [3, 4, 6, 7, 9, 10, 11, 12]
    let part =
      switch part {
      case .squeeze: "squeeze"
      case .expand1: "expand1x1"
      case .expand3: "expand3x3"
      }
    return "features.\(places[fire - 2]).\(part)"
  }

  private func array(_ name: String, rank: Int) throws -> Tensor {
    guard let stored = tensors[name] else { throw fault("it lacks “\(name)”") }
    guard stored.shape.count == rank, let tensor = stored.tensor else {
      throw fault("“\(name)” is no array of \(rank) axes of floating-point numbers")
    }
    guard !stored.hasNonFinite else { throw fault("“\(name)” holds numbers that are not finite") }
    return tensor
  }
}

extension String {
  /// NumPy adds `.npy` to the names in its archives.
  fileprivate var droppingNumpyEnding: String {
    hasSuffix(".npy") ? String(dropLast(4)) : self
  }
}
