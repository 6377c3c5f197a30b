import Glibc

/// A seeded source of random numbers: xoshiro256** (Blackman and Vigna, 2018), its state filled by
/// splitmix64.
///
/// Equal seeds give equal numbers on every machine; the state can be stored.
package struct RandomSource: RandomNumberGenerator, Codable, Equatable, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  package init(seed: UInt64) {
    var state = seed
    a = Self.splitmix(&state)
    b = Self.splitmix(&state)
    c = Self.splitmix(&state)
    d = Self.splitmix(&state)
  }

  /// Draws nothing: for a model whose parameters are all about to be loaded.
  ///
  /// Its state is the one that no seed gives and that xoshiro256** never leaves.
  package static let none = RandomSource()

  private init() {
    a = 0
    b = 0
    c = 0
    d = 0
  }

  package var isNone: Bool { a | b | c | d == 0 }

  package mutating func next() -> UInt64 {
    let product = b &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 45) | (d >> 19)
    return result
  }

  /// A number in [0, 1) with 53 random bits.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  package mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A whole number in 0 ..< count, without bias.
  package mutating func integer(below count: Int) -> Int {
    precondition(count > 0, "Cannot draw a whole number below \(count).")
    return Int(next(upperBound: UInt64(count)))
  }

  /// A draw from the standard normal distribution (Box and Muller, the cosine branch).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A new source whose numbers do not depend on how many more are drawn from this one.
  package mutating func split() -> RandomSource {
    RandomSource(seed: next())
  }

  private static func splitmix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
