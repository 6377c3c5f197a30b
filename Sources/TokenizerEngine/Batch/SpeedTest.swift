import Layers
import Tensors
import Tokenization
import VideoIO

/// How fast this machine did one thing.
package struct SpeedResult: Sendable {
  package let name: String
  package let milliseconds: Double?
  /// 10⁹ floating-point operations a second; nil where nobody counted them.
  package let gigaflops: Double?
  /// Of the measured peak of the same threads.
  package let fractionOfPeak: Double?
  /// What was counted where it is no time, with its unit.
  package let count: (value: Double, unit: String)?

  package init(
    name: String, milliseconds: Double? = nil, gigaflops: Double? = nil,
    fractionOfPeak: Double? = nil, count: (value: Double, unit: String)? = nil
  ) {
    self.name = name
    self.milliseconds = milliseconds
    self.gigaflops = gigaflops
    self.fractionOfPeak = fractionOfPeak
    self.count = count
  }
}

/// Measures layers, the model and the tokenizer: the best of several runs after one that does not
/// count, for other programs can only make a run slower.
package struct SpeedTest {
  private let peak: Double

  package init() { peak = MachinePeak.measure().gigaflops }

  package var peakResult: SpeedResult {
    SpeedResult(
      name: "the machine's peak in 32-bit numbers", gigaflops: peak, fractionOfPeak: 1)
  }

  /// Forward, and forward with backward, of the layers that the model spends its time in.
  package func layers() -> [SpeedResult] {
    var random = RandomSource(seed: 1)
    let size = 1024
    let matrix = noise([size, size], &random)
    let product = timed("product 1024x1024 by 1024x1024", operations: 2 * size * size * size) {
      _ = matrix.product(matrix)
    }
    return [product] + convolutions(&random)
  }

  private func convolutions(_ random: inout RandomSource) -> [SpeedResult] {
    let shape = [1, 4, 32, 32, 96]
    let kernels = [(1, 3, 3), (3, 1, 1)]
    return kernels.flatMap { t, y, x in
      let layer = CausalConvolution3D(
        96, 96, kernel: Extent3D(t, y, x), from: &random)
      let input = noise(shape, &random)
      let leaf = Variable(input.value, requiresGradient: true)
      let positions = shape[1] * shape[2] * shape[3]
      let operations = 2 * positions * t * y * x * 96 * 96
      let name = "convolution \(t)x\(y)x\(x), 96 channels, 4x32x32"
      return [
        timed(name, operations: operations) { _ = layer(input) },
        timed(name + ", with gradients", operations: 3 * operations) {
          layer(leaf).sum().backward()
        },
      ]
    }
  }

  /// Encoding and decoding 17 frames of 128x128, as `tokenize` and `detokenize` do.
  package func tokenizer(_ codec: any ClipCodec) throws -> [SpeedResult] {
    var random = RandomSource(seed: 2)
    let frames = (0..<17).map { index in
      Frame(
        width: 128, height: 128,
        pixels: (0..<128 * 128 * 3).map { _ in UInt8(random.integer(below: 256)) },
        time: Double(index) / 24)
    }
    let chunks = (0..<ChunkSchedule.count(frames: 17)).map {
      Array(frames[ChunkSchedule.frames(ofChunk: $0)])
    }
    var slices: [[TokenSlice]] = []
    let encoding = try timed("tokenize 17 frames of 128x128") {
      let encode = try codec.startEncoding(caption: nil)
      slices = try chunks.map { try encode($0) }
    }
    let decoding = try timed("detokenize 17 frames of 128x128") {
      let decode = try codec.startDecoding(muting: Mutes())
      for slice in slices { _ = try decode(slice, PictureSize(width: 128, height: 128)) }
    }
    return [encoding, decoding]
  }

  /// Forward and backward through a whole model of the bundled size, without the optimizer.
  package func trainingStep() -> [SpeedResult] {
    var random = RandomSource(seed: 3)
    let model = PyramidTokenizerModel(configuration: TokenizerConfiguration(), random: &random)
    let video = noise([2, 9, 64, 64, 3], &random)
    return [
      timed("forward and backward, 2 clips of 9 frames of 64x64", runs: 3) {
        let output = model.forward(video: video)
        (output.reconstruction - video).squared().mean().backward()
        for (_, variable) in model.parameters { variable.gradient = nil }
      }
    ]
  }

  private func noise(_ shape: [Int], _ random: inout RandomSource) -> Variable {
    let values = (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }
    return Variable(Tensor(values, shape: shape))
  }

  /// What so many operations in so many seconds are, and their share of the peak.
  func share(of operations: Int, in seconds: Double, name: String) -> SpeedResult {
    let gigaflops = Double(operations) / seconds / 1e9
    return SpeedResult(
      name: name, milliseconds: seconds * 1000, gigaflops: gigaflops,
      fractionOfPeak: gigaflops / peak)
  }

  package func timed(
    _ name: String, operations: Int? = nil, runs: Int = 7, _ body: () throws -> Void
  ) rethrows -> SpeedResult {
    try body()
    var times: [Double] = []
    for _ in 0..<runs {
      let started = ContinuousClock.now
      try body()
      times.append((ContinuousClock.now - started) / .seconds(1))
    }
    let best = times.min() ?? .nan
    let gigaflops = operations.map { Double($0) / best / 1e9 }
    return SpeedResult(
      name: name, milliseconds: best * 1000, gigaflops: gigaflops,
      fractionOfPeak: gigaflops.map { $0 / peak })
  }
}
