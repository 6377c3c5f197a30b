import Foundation
import Layers
import Tensors

/// Times the layers and the model against PyTorch in one run, turn by turn.
///
/// swift run -c release Benchmarks [--threads N] [--repetitions N] [--clips N] [--frames N]
/// [--size N] [--model DIR] [--precision float32|bfloat16] [--compile] [--alone] [--skip-layers] [--python COMMAND]
@main
struct Benchmarks {
  static func main() {
    do {
      let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
      Threads.count = options.threads
      let peak = MachinePeak.measure()
      let backend = ConvolutionBackend.current
      say(
        "\(options.threads) threads, convolutions by \(backend.name) (\(backend.detail)); peak: "
          + "\(Int(peak.fusedGigaflops)) GFLOP/s fused multiply-add, "
          + "\(Int(peak.productGigaflops)) matrix product")
      if options.includesLayers { printLayers(peak, options) }
      let workload = try ModelWorkload(options)
      try ModelComparison(options, peak: peak, workload: workload).run()
      say(workload.longClip(size: 2 * options.size).description)
    } catch {
      FileHandle.standardError.write(Data("Benchmarks: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func printLayers(_ peak: MachinePeak, _ options: BenchmarkOptions) {
    for result in LayerBenchmark().run(peak: peak, repetitions: options.repetitions) {
      var line = result.name.padding(toLength: 44, withPad: " ", startingAt: 0)
      line += String(format: "%9.2f ms", result.milliseconds)
      if let gigaflops = result.gigaflops, let share = result.fractionOfPeak {
        line += String(format: "%8.0f GFLOP/s%5.0f %% of the peak", gigaflops, share * 100)
      }
      say(line)
    }
  }
}

/// What the command line asks for.
struct BenchmarkOptions {
  var threads = Threads.count
  var repetitions = 7
  var clips = 8
  var frames = 9
  var size = 64
  var model: String?
  /// Of both programs; PyTorch's is its autocast.
  var precision = Precision.float32
  var compiles = false
  /// Without PyTorch.
  var isAlone = false
  var includesLayers = true
  var python = "python3"

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--compile": compiles = true
      case "--alone": isAlone = true
      case "--skip-layers": includesLayers = false
      case "--model": model = try Self.value(of: option, &rest)
      case "--precision":
        let name = try Self.value(of: option, &rest)
        guard let precision = Precision(rawValue: name) else {
          throw BenchmarkError("\(name) is no precision: float32 or bfloat16")
        }
        self.precision = precision
      case "--python": python = try Self.value(of: option, &rest)
      case "--threads": threads = try Self.number(of: option, &rest)
      case "--repetitions": repetitions = try Self.number(of: option, &rest)
      case "--clips": clips = try Self.number(of: option, &rest)
      case "--frames": frames = try Self.number(of: option, &rest)
      case "--size": size = try Self.number(of: option, &rest)
      default: throw BenchmarkError("\(option) is no option; see Benchmarks/Benchmarks.swift")
      }
    }
  }

  private static func value(of option: String, _ rest: inout ArraySlice<String>) throws -> String {
    guard let value = rest.popFirst() else { throw BenchmarkError("\(option) needs a value") }
    return value
  }

  private static func number(of option: String, _ rest: inout ArraySlice<String>) throws -> Int {
    guard let number = Int(try value(of: option, &rest)), number > 0 else {
      throw BenchmarkError("\(option) needs a number above 0")
    }
    return number
  }
}

/// One line about what went wrong.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Prints a line at once, also into a pipe: the next one may take a while.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
