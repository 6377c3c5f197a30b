/// Unpacks what zip archives compress: RFC 1951, bit by bit from the lowest.
struct Inflation {
  struct Problem: Error {}

  private let source: ArraySlice<UInt8>
  private var position: Int
  private var bits: UInt32 = 0
  private var count = 0
  private var output: [UInt8] = []
  private let size: Int

  /// The `size` bytes that `source` stands for; throws on anything else.
  static func unpack(_ source: ArraySlice<UInt8>, size: Int) throws -> [UInt8] {
    // No more than 1032 bytes come of one, so a small file cannot ask for much memory.
    guard size <= source.count * 1032 + 1024 else { throw Problem() }
    var inflation = Inflation(source: source, size: size)
    try inflation.unpackBlocks()
    guard inflation.output.count == size else { throw Problem() }
    return inflation.output
  }

  private init(source: ArraySlice<UInt8>, size: Int) {
    self.source = source
    self.size = size
    position = source.startIndex
    output.reserveCapacity(size)
  }

  private mutating func unpackBlocks() throws {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try unpackBlock(Self.fixedSymbols, Self.fixedDistances)
      case 2:
        let (symbols, distances) = try readCodes()
        try unpackBlock(symbols, distances)
      default: throw Problem()
      }
    }
  }

  private mutating func take(_ wanted: Int) throws -> Int {
    while count < wanted {
      guard position < source.endIndex else { throw Problem() }
      bits |= UInt32(source[position]) << UInt32(count)
      position += 1
      count += 8
    }
    let value = bits & ((1 << UInt32(wanted)) - 1)
    bits >>= UInt32(wanted)
    count -= wanted
    return Int(value)
  }

  private mutating func copyStored() throws {
    (bits, count) = (0, 0)
    let length = try take(16)
    let complement = try take(16)
    guard length ^ complement == 0xffff, position + length <= source.endIndex,
      output.count + length <= size
    else { throw Problem() }
    output += source[position..<position + length]
    position += length
  }

  private mutating func unpackBlock(_ symbols: Code, _ distances: Code) throws {
    while true {
      let symbol = try next(symbols)
      if symbol == 256 { return }
      guard output.count < size else { throw Problem() }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      guard symbol <= 285 else { throw Problem() }
      let length = try Self.lengths[symbol - 257] + take(Self.lengthBits[symbol - 257])
      let code = try next(distances)
      guard code < 30 else { throw Problem() }
      let distance = try Self.distances[code] + take(Self.distanceBits[code])
      guard distance <= output.count, output.count + length <= size else { throw Problem() }
      for index in output.count - distance..<output.count - distance + length {
        output.append(output[index])
      }
    }
  }

  // MARK: Codes

  /// A canonical prefix code: how many words each length has, and their symbols in order.
  private struct Code {
    private(set) var counts = [Int](repeating: 0, count: 16)
    private(set) var symbols: [Int] = []

    init(lengths: some Collection<Int>) throws {
      for length in lengths where length > 0 { counts[length] += 1 }
      var free = 1
      for length in 1...15 {
        free = free * 2 - counts[length]
        if free < 0 { throw Problem() }
      }
      for length in 1...15 {
        for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
      }
    }

    init(known lengths: [Int]) {
      guard let code = try? Code(lengths: lengths) else {
        preconditionFailure("A code of the format itself is no code.")
      }
      self = code
    }
  }

  private mutating func next(_ code: Code) throws -> Int {
    var (word, first, index) = (0, 0, 0)
    for length in 1...15 {
      word |= try take(1)
      let words = code.counts[length]
      if word - first < words { return code.symbols[index + word - first] }
      index += words
      first = (first + words) << 1
      word <<= 1
    }
    throw Problem()
  }

  private mutating func readCodes() throws -> (symbols: Code, distances: Code) {
    let (symbols, distances) = (try take(5) + 257, try take(5) + 1)
    var own = [Int](repeating: 0, count: 19)
    for place in Self.order.prefix(try take(4) + 4) { own[place] = try take(3) }
    let code = try Code(lengths: own)
    var lengths: [Int] = []
    while lengths.count < symbols + distances {
      let symbol = try next(code)
      switch symbol {
      case ..<16: lengths.append(symbol)
      case 16:
        guard let last = lengths.last else { throw Problem() }
        lengths += [Int](repeating: last, count: try take(2) + 3)
      case 17: lengths += [Int](repeating: 0, count: try take(3) + 3)
      default: lengths += [Int](repeating: 0, count: try take(7) + 11)
      }
    }
    guard lengths.count == symbols + distances else { throw Problem() }
    return (try Code(lengths: lengths[..<symbols]), try Code(lengths: lengths[symbols...]))
  }

  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthBits =
    [Int](repeating: 0, count: 8) + (1...5).flatMap { [Int](repeating: $0, count: 4) } + [0]
  /// The shortest copy of each symbol from 257 on.
  private static let lengths: [Int] = {
    var lengths: [Int] = []
    var length = 3
    for bits in lengthBits.dropLast() {
      lengths.append(length)
      length += 1 << bits
    }
    return lengths + [258]
  }()
  private static let distanceBits = [0, 0] + (0...13).flatMap { [$0, $0] }
  private static let distances: [Int] = {
    var distances: [Int] = []
    var distance = 1
    for bits in distanceBits {
      distances.append(distance)
      distance += 1 << bits
    }
    return distances
  }()
  private static let fixedSymbols = Code(
    known: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
      + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))
  private static let fixedDistances = Code(known: [Int](repeating: 5, count: 30))
}
