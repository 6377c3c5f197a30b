/// The type of the factors in convolutions and linear maps; everything else is float32.
///
/// With bfloat16 the factors are rounded to 8 significant bits, which some processors multiply
/// twice as fast; sums stay float32. An operation's gradient is computed in the operation's own
/// precision.
package enum Precision: String, Sendable, Hashable, Codable {
  case float32
  case bfloat16

  /// That of the operations that begin now, on this thread.
  @TaskLocal package static var current = Precision.float32

  /// Whether the processor multiplies bfloat16 numbers itself and the library at hand uses it.
  package static var hasFastBFloat16: Bool {
    Machine.features.contains("avx512_bf16") && ConvolutionBackend.current.name == "oneDNN"
  }

  /// Computes in this precision.
  package func whileInUse<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }
}
