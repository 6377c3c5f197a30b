import Tensors

/// How fast the layers of the model run on this machine.
package struct LayerBenchmark {
  /// What one layer took: the median over the repetitions.
  package struct Result: Sendable, Equatable {
    package let name: String
    package let milliseconds: Double
    /// Billions of operations a second, where the work is arithmetic.
    package let gigaflops: Double?
    package let fractionOfPeak: Double?
  }

  private struct Case {
    let name: String
    let operations: Double?
    let body: () -> Void
  }

  private let cases: [Case]

  /// The layers at the sizes that 8 clips of 9 frames of 64x64 pixels bring to the bundled model.
  package init() {
    var source = RandomSource(seed: 1)
    var cases: [Case] = []
    for (width, size) in [
      (64, Extent3D(9, 16, 16)), (192, Extent3D(5, 8, 8)), (192, Extent3D(3, 8, 8)),
      (256, Extent3D(3, 4, 4)),
    ] {
      let block = ResidualBlock(width, from: &source)
      let shape = [8, size.t, size.h, size.w, width]
      let x = Tensor(repeating: 0.5, shape: shape)
      let operations = 24 * Double(width) * Double(x.count)
      let name = "block \(width) on 8x\(size)"
      cases.append(
        Case(name: name + " forward", operations: operations) { _ = block.frozen()(Variable(x)) })
      cases.append(
        Case(name: name + " forward and backward", operations: 3 * operations) {
          block(Variable(x, requiresGradient: true)).backward(from: x)
          for parameter in block.parameters { parameter.variable.gradient = nil }
        })
    }
    cases.append(Self.normalization(width: 64, positions: 18_432))
    cases.append(Self.linear(rows: 2560, 192, 768, from: &source))
    self.cases = cases
  }

  private static func normalization(width: Int, positions: Int) -> Case {
    let norm = RMSNormalization(width)
    let x = Variable(Tensor(repeating: 0.5, shape: [positions, width]))
    norm.gain.freeze()
    return Case(name: "rms and silu \(positions)x\(width)", operations: nil) {
      _ = norm(x, activation: .silu)
    }
  }

  private static func linear(
    rows: Int, _ inputs: Int, _ outputs: Int, from source: inout RandomSource
  ) -> Case {
    let layer = Linear(inputs, outputs, from: &source)
    let x = Variable(Tensor(repeating: 0.5, shape: [rows, inputs]))
    for parameter in layer.parameters { parameter.variable.freeze() }
    let operations = 2 * Double(rows * inputs * outputs)
    return Case(name: "linear \(rows)x\(inputs)→\(outputs)", operations: operations) {
      _ = layer(x)
    }
  }

  /// The names of all layers, in order.
  package var names: [String] { cases.map(\.name) }

  /// Runs every layer in turn, `repetitions` rounds; stops between rounds when asked.
  package func run(
    peak: MachinePeak, repetitions: Int = 7, shouldStop: () -> Bool = { false }
  ) -> [Result] {
    for layer in cases { layer.body() }
    var seconds = [[Double]](repeating: [], count: cases.count)
    for _ in 0..<repetitions where !shouldStop() {
      for (index, layer) in cases.enumerated() {
        seconds[index].append(Stopwatch.seconds(layer.body))
      }
    }
    return zip(cases, seconds).compactMap { layer, times in
      guard !times.isEmpty else { return nil }
      let median = times.sorted()[times.count / 2]
      let gigaflops = layer.operations.map { $0 / median / 1e9 }
      return Result(
        name: layer.name, milliseconds: median * 1e3, gigaflops: gigaflops,
        fractionOfPeak: gigaflops.map { $0 / peak.gigaflops })
    }
  }
}

extension ResidualBlock {
  /// The same values, recording nothing.
  fileprivate func frozen() -> ResidualBlock {
    ResidualBlock(
      norm1: RMSNormalization(gain: norm1.gain.detached()),
      conv1: CausalConvolution3D(
        weight: conv1.weight.detached(), bias: conv1.bias.detached()),
      norm2: RMSNormalization(gain: norm2.gain.detached()),
      conv2: CausalConvolution3D(
        weight: conv2.weight.detached(), bias: conv2.bias.detached()))
  }
}
