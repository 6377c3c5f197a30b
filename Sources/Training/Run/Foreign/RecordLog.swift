/// Takes a LevelDB log apart, as W&B writes it (`.wandb`), chunk by chunk.
///
/// After 7 bytes of header come blocks of 32 KiB, the header counting in the first. Chunk: u32 CRC-32
/// of kind and data, u16 length, u8 kind (1 whole record, 2 first, 3 middle, 4 last part), data;
/// fewer than 7 bytes at a block's end are not used. After a bad chunk the next block is tried.
struct RecordLog: Sendable {
  static let block = 32_768
  static let header: [UInt8] = Array(":W&B".utf8) + [0xe1, 0xbe, 0x00]
  private static let chunkHeader = 7

  private(set) var badChunks = 0
  /// Whether the file is no such log.
  private(set) var isRefused = false

  /// What was given and not taken apart yet.
  private var pending: [UInt8] = []
  /// Where it begins in the file.
  private var place = 0
  private var partial: [UInt8]?
  private let longest: Int

  /// - Parameter longest: longer records are left out, in bytes.
  init(longest: Int) { self.longest = longest }

  /// The records that are whole with these bytes.
  mutating func add(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    guard !isRefused else { return [] }
    pending += bytes
    var records: [[UInt8]] = []
    var at = 0
    if place == 0 {
      guard pending.count >= Self.header.count else { return [] }
      isRefused = !pending.starts(with: Self.header)
      at = Self.header.count
    }
    while !isRefused, let length = takeChunk(at, into: &records) { at += length }
    place += at
    pending = isRefused ? [] : Array(pending[at...])
    return records
  }

  /// How many bytes were done with; nil if more must come first.
  private mutating func takeChunk(_ at: Int, into records: inout [[UInt8]]) -> Int? {
    let room = Self.block - (place + at) % Self.block
    let known = pending.count - at
    guard room >= Self.chunkHeader else { return known >= room ? room : nil }
    guard known >= Self.chunkHeader else { return nil }
    let length = Int(pending[at + 4]) | Int(pending[at + 5]) << 8
    let kind = pending[at + 6]
    let end = Self.chunkHeader + length
    if end <= room, known < end { return nil }
    let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(pending[at + $1]) << UInt32(8 * $1) }
    guard end <= room, (1...4).contains(kind), sum == Self.checksum(pending[at + 6..<at + end])
    else {
      partial = nil
      guard known >= room else { return nil }
      badChunks += 1
      return room
    }
    add(pending[at + Self.chunkHeader..<at + end], kind: kind, to: &records)
    return end
  }

  private mutating func add(_ data: ArraySlice<UInt8>, kind: UInt8, to records: inout [[UInt8]]) {
    switch kind {
    case 1:
      partial = nil
      records.append(Array(data))
    case 2: partial = Array(data)
    default:
      partial?.append(contentsOf: data)
      if partial?.count ?? 0 > longest { partial = nil }
      guard kind == 4, let whole = partial else { return }
      records.append(whole)
      partial = nil
    }
  }

  /// CRC-32 of IEEE 802.3, reflected.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { rest, _ in
      rest & 1 == 1 ? (rest >> 1) ^ 0xedb8_8320 : rest >> 1
    }
  }
}
