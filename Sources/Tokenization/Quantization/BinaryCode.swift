/// Codes as integers and as ±1 bits.
package enum BinaryCode {
  /// Which bit of an integer the first channel becomes.
  package enum BitOrder: String, Sendable, CaseIterable {
    case mostSignificantFirst = "msb"
    case leastSignificantFirst = "lsb"
  }

  /// One integer per row of `bits` channels: a channel above or equal to 0 sets its bit.
  ///
  /// Formula: Σ_c [z_c ≥ 0]·2^(B−1−c), or ·2^c when the least significant bit comes first.
  package static func integers(
    of values: UnsafeBufferPointer<Float>, bits: Int, order: BitOrder = .mostSignificantFirst
  ) -> [UInt32] {
    precondition(
      values.count.isMultiple(of: bits), "\(values.count) values are no rows of \(bits) bits.")
    return (0..<values.count / bits).map { row in
      (0..<bits).reduce(UInt32(0)) { code, channel in
        let bit: UInt32 = values[row * bits + channel] >= 0 ? 1 : 0
        return code | bit << UInt32(position(of: channel, bits: bits, order: order))
      }
    }
  }

  /// Rows of ±1, the inverse of `integers`; bits outside `mask` become 0.
  package static func signs(
    of codes: [UInt32], bits: Int, order: BitOrder = .mostSignificantFirst, mask: UInt32 = .max
  ) -> [Float] {
    var signs = [Float](repeating: 0, count: codes.count * bits)
    for channel in 0..<bits {
      let position = UInt32(position(of: channel, bits: bits, order: order))
      guard mask >> position & 1 == 1 else { continue }
      for (row, code) in codes.enumerated() {
        signs[row * bits + channel] = code >> position & 1 == 1 ? 1 : -1
      }
    }
    return signs
  }

  /// The same code read in the other bit order.
  package static func reversed(_ code: UInt32, bits: Int) -> UInt32 {
    (0..<UInt32(bits)).reduce(0) { $0 << 1 | (code >> $1 & 1) }
  }

  private static func position(of channel: Int, bits: Int, order: BitOrder) -> Int {
    order == .mostSignificantFirst ? bits - 1 - channel : channel
  }
}
