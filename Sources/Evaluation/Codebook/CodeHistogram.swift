import Tensors

/// How often each code occurs; grows by adding codes, in any order.
///
/// Codes of `bits` sign bits are written most significant bit first: bit 0 is the highest.
package struct CodeHistogram: Sendable, Equatable {
  /// K, the number of codes there could be.
  package let codebookSize: Int
  /// Nil where codes are not made of bits; then there are no statistics of bits.
  package let bits: Int?
  /// The values of each dimension of FSQ codes, the first least significant; nil for others.
  package let dimensions: [Int]?
  /// N, the number of codes added.
  package private(set) var tokens = 0
  /// Only codes that occur stand here, so that a codebook of 32 bits costs nothing.
  package private(set) var counts: [UInt32: Int] = [:]

  /// A codebook of 2^bits codes.
  package init(bits: Int) {
    precondition((1...32).contains(bits), "Codes have 1 to 32 bits, not \(bits).")
    self.bits = bits
    dimensions = nil
    codebookSize = 1 << bits
  }

  /// A codebook whose codes are plain numbers.
  package init(codes: Int) {
    precondition(codes >= 1, "A codebook has at least one code, not \(codes).")
    bits = nil
    dimensions = nil
    codebookSize = codes
  }

  /// A codebook of finite scalars: code = Σ value[d] · Π_{e<d} levels[e].
  package init(dimensions levels: [Int]) {
    precondition(
      !levels.isEmpty && levels.allSatisfy { $0 >= 2 }, "Dimensions have two values or more.")
    bits = nil
    dimensions = levels
    codebookSize = levels.reduce(1, *)
  }

  package mutating func add(_ codes: some Sequence<UInt32>) {
    for code in codes { add(code, times: 1) }
  }

  package mutating func add(_ code: UInt32, times: Int) {
    precondition(Int(code) < codebookSize, "Code \(code) is outside of \(codebookSize) codes.")
    guard times > 0 else { return }
    counts[code, default: 0] += times
    tokens += times
  }

  package mutating func add(_ other: CodeHistogram) {
    precondition(
      other.codebookSize == codebookSize,
      "Cannot add \(other.codebookSize) codes to \(codebookSize) codes.")
    for (code, count) in other.counts { add(code, times: count) }
  }

  /// The same shares with about `limit` tokens, where there are more.
  func thinned(to limit: Int, seed: UInt64) -> CodeHistogram {
    guard tokens > limit else { return self }
    var random = RandomSource(seed: seed)
    var result = self
    (result.counts, result.tokens) = ([:], 0)
    let share = Double(limit) / Double(tokens)
    // By rank: a dictionary's own order differs from run to run.
    for (code, count) in ranked {
      result.add(code, times: Int(Double(count) * share + random.uniform()))
    }
    return result
  }

  /// The number of different codes that occur.
  package var used: Int { counts.count }

  /// Codes with their counts, the most frequent first; equal counts in the order of the codes.
  package var ranked: [(code: UInt32, count: Int)] {
    counts.map { (code: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
  }
}
