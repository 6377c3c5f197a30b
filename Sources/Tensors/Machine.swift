import COpenBLAS
import Foundation

/// What this machine calculates with.
package enum Machine {
  /// The processor's own name, as Linux tells it.
  package static var processor: String {
    field("model name") ?? "unknown"
  }

  /// The vector extensions that matter here, of those that the processor has.
  package static var features: [String] {
    let all = Set((field("flags") ?? "").split(separator: " ").map(String.init))
    return ["sse4_2", "avx", "fma", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16"]
      .filter(all.contains)
  }

  package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Such as `OpenBLAS 0.3.21 … SkylakeX`.
  package static var blas: String { String(cString: openblas_get_config()) }

  /// What convolutions run on.
  package static var convolutions: String {
    #if OneDNN
      "convolutions by oneDNN"
    #else
      "convolutions by OpenBLAS products"
    #endif
  }

  private static func field(_ name: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: ":", maxSplits: 1).last.map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }
}
