/// MD5 (RFC 1321), for known answers that come as such.
struct MD5 {
  private var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  private static let constants: [UInt32] = (0..<64).map {
    UInt32(abs(sine(Double($0 + 1))) * 4_294_967_296)
  }

  static func hex(_ bytes: [UInt8]) -> String {
    var hash = MD5()
    hash.update(bytes)
    return hash.finish()
  }

  mutating func update(_ bytes: [UInt8]) {
    length += UInt64(bytes.count)
    var data = pending + bytes
    let whole = data.count / 64 * 64
    data.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: whole, by: 64) { block(buffer, start) }
    }
    data.removeFirst(whole)
    pending = data
  }

  mutating func finish() -> String {
    let bits = length &* 8
    let zeros = (119 - pending.count % 64) % 64
    update([0x80] + [UInt8](repeating: 0, count: zeros))
    update((0..<8).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) })
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private mutating func block(_ bytes: UnsafeRawBufferPointer, _ start: Int) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let mix: UInt32
      let word: Int
      switch step / 16 {
      case 0: (mix, word) = ((b & c) | (~b & d), step)
      case 1: (mix, word) = ((d & b) | (~d & c), (5 * step + 1) % 16)
      case 2: (mix, word) = (b ^ c ^ d, (3 * step + 5) % 16)
      default: (mix, word) = (c ^ (b | ~d), (7 * step) % 16)
      }
      let value = bytes.loadUnaligned(fromByteOffset: start + word * 4, as: UInt32.self)
      let sum = a &+ mix &+ Self.constants[step] &+ UInt32(littleEndian: value)
      let shift = Self.shifts[step / 16 * 4 + step % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
  }
}
