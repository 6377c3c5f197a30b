/// Names of types of numbers with 16 bits.
package enum HalfPrecision {
  private static let names: Set<Substring> = [
    "fp16", "bf16", "float16", "bfloat16", "half", "16", "f16",
  ]

  /// Whether a setting such as `torch.bfloat16` or `16-mixed` names one.
  package static func isNamed(by setting: String) -> Bool {
    setting.lowercased().split { "-._ ".contains($0) }.contains { names.contains($0) }
  }

  package static let remedy =
    "keep what comes before the sign, the entropies and the commitment in float32: cast at the "
    + "quantizer's entrance and leave autocast there"
}
