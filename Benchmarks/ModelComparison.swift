import Foundation
import Tensors

/// Forward pass and training step, ours and PyTorch's in turn, after their outputs were compared.
struct ModelComparison {
  private let options: BenchmarkOptions
  private let peak: MachinePeak
  private let workload: ModelWorkload

  init(_ options: BenchmarkOptions, peak: MachinePeak, workload: ModelWorkload) {
    self.options = options
    self.peak = peak
    self.workload = workload
  }

  func run() throws {
    say(
      "model on \(options.clips) clips of \(options.frames) frames of "
        + "\(options.size)x\(options.size), \(options.precision.rawValue)")
    let torch = options.isAlone ? nil : try comparedTorch()
    let operations = try torch?.ask("operations")
    try time("forward", torch, operations: operations?["forward"]) { workload.forward() }
    try time("step", torch, operations: operations?["step"]) { workload.step() }
  }

  /// PyTorch with the same weights, after its results have been compared with ours.
  private func comparedTorch() throws -> TorchProcess {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "pyratok-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let weights = folder.appending(path: "weights.safetensors").path()
    let result = folder.appending(path: "output.safetensors").path()
    try workload.writeInput(to: weights)
    try workload.writeOutput(to: result)
    let torch = try TorchProcess(weights: weights, options)
    say("against PyTorch \(torch.version)\(options.compiles ? ", eager and compiled" : ", eager")")
    let difference = try torch.ask("compare \(result)")
    say(
      "differences: reconstruction \(short(difference["reconstruction"])) on average, "
        + "\(short(difference["bits"])) of the bits, loss \(short(difference["loss"])), "
        + "gradients \(short(difference["gradients"])), relative")
    // bfloat16 changes signs close to 0, and the two do not round at all the same places.
    let tolerated = options.precision == .float32 ? 1e-2 : 5e-2
    guard (difference["loss"] ?? 1) < tolerated, (difference["bits"] ?? 1) < tolerated else {
      throw BenchmarkError("the two do not compute the same; times would mean nothing")
    }
    return torch
  }

  /// Alternates ours and every variant of PyTorch; each round starts with another one.
  private func time(
    _ name: String, _ torch: TorchProcess?, operations: Double?, _ body: () -> Void
  ) throws {
    var ours = Timings(name: name)
    var theirs = try (torch?.variants() ?? []).map(Timings.init(name:))
    // The first two rounds only warm up.
    for round in -2..<options.repetitions {
      for turn in 0...theirs.count {
        let variant = (turn + round + 2) % (theirs.count + 1) - 1
        if variant < 0 {
          let start = clock()
          let seconds = Stopwatch.seconds(body)
          let processor = Double(clock() - start) / Double(CLOCKS_PER_SEC)
          if round >= 0 { ours.append(seconds, processor) }
        } else if let answer = try torch?.ask("\(name) \(variant)"), round >= 0 {
          theirs[variant].append(answer["seconds"] ?? .nan, answer["processor"] ?? .nan)
        }
      }
    }
    report(ours, theirs, operations: operations)
  }

  private func report(_ ours: Timings, _ theirs: [Timings], operations: Double?) {
    var line = ours.description
    if let operations {
      let gigaflops = operations / ours.median / 1e9
      line += String(format: "; %.0f GFLOP/s", gigaflops)
      // The measured peak is that of float32 numbers.
      if options.precision == .float32 {
        line += String(format: ", %.0f %% of the peak", 100 * gigaflops / peak.gigaflops)
      }
    }
    say(line)
    let best = theirs.min { $0.median < $1.median }
    for other in theirs {
      // Other work on the machine disturbs processor times less than wall times.
      say(
        String(
          format: "  PyTorch %@: we are %.2f times as fast, %.2f by processor time%@",
          other.description, other.median / ours.median, other.processor / ours.processor,
          other.name == best?.name && theirs.count > 1 ? " (its best)" : ""))
    }
  }

  private func short(_ value: Double?) -> String {
    value.map { String(format: "%.1e", $0) } ?? "unknown"
  }
}

/// What the repetitions of one piece of work took, in seconds.
private struct Timings: CustomStringConvertible {
  let name: String
  private var walls: [Double] = []
  private var processors: [Double] = []

  init(name: String) { self.name = name }

  var description: String {
    String(
      format: "%@: %.1f ms (best %.1f), processor time %.1f ms", name, median * 1e3, best * 1e3,
      processor * 1e3)
  }

  mutating func append(_ wall: Double, _ processor: Double) {
    walls.append(wall)
    processors.append(processor)
  }

  var median: Double { Self.median(walls) }
  var best: Double { walls.min() ?? .nan }
  var processor: Double { Self.median(processors) }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }
}
