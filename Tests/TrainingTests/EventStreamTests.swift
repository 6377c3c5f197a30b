import Foundation
import TestSupport
import Testing

@testable import Training

/// Pieces of protocol buffers as other programs write them.
enum Message {
  static func varint(_ number: UInt64) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
  }

  static func key(_ number: Int, _ kind: Int) -> [UInt8] { varint(UInt64(number << 3 | kind)) }

  static func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    key(number, 2) + varint(UInt64(content.count)) + content
  }

  static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  static func field(_ number: Int, int: UInt64) -> [UInt8] { key(number, 0) + varint(int) }

  static func raw(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// A record with one value: its fields behind the tag.
  static func record(_ tag: String, step: UInt64, _ value: [UInt8]) -> [UInt8] {
    EventsFile.record(
      key(1, 1) + raw(Double(1_000).bitPattern) + field(2, int: step)
        + field(5, field(1, field(1, tag) + value)))
  }

  static func scalar(_ tag: String, step: Int, _ value: Float) -> [UInt8] {
    record(tag, step: UInt64(step), key(2, 5) + raw(value.bitPattern))
  }
}

/// A file that a test lets grow.
struct GrownFile {
  let folder: TemporaryFolder
  let path: String

  init(_ name: String = "events.out.tfevents.1.test") throws {
    folder = try TemporaryFolder()
    path = folder.file(name)
    try write([])
  }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  func append(_ bytes: [UInt8]) throws {
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }
}

private func tensor(_ kind: UInt64, _ content: [UInt8], shape: [UInt8]? = []) -> [UInt8] {
  Message.field(
    8, Message.field(1, int: kind) + (shape.map { Message.field(2, $0) } ?? []) + content)
}

@Test func everyFormOfAScalarIsRead() throws {
  let one = Message.field(2, Message.field(1, int: 1))
  let two = Message.field(2, Message.field(1, int: 2))
  let plugin = Message.field(9, Message.field(1, Message.field(1, "scalars")))
  let float = Message.raw(Float(0.25).bitPattern)
  let forms: [(String, [UInt8], Double?)] = [
    ("simple", Message.key(2, 5) + float, 0.25),
    ("with metadata before", plugin + Message.key(2, 5) + float, 0.25),
    ("float content", tensor(1, Message.field(4, float)) + plugin, 0.25),
    ("packed float", plugin + tensor(1, Message.field(5, float)), 0.25),
    ("float", tensor(1, Message.key(5, 5) + float, shape: nil), 0.25),
    ("double content", tensor(2, Message.field(4, Message.raw((0.1).bitPattern))), 0.1),
    ("packed double", tensor(2, Message.field(6, Message.raw((0.1).bitPattern))), 0.1),
    ("half content", tensor(19, Message.field(4, [0x00, 0x34])), 0.25),
    ("half", tensor(19, Message.field(13, Message.varint(0xb400))), -0.25),
    ("smallest half", tensor(19, Message.field(4, [1, 0])), 5.960464477539063e-8),
    ("brain float", tensor(14, Message.field(4, [0x80, 0x3e])), 0.25),
    ("int64", tensor(9, Message.field(10, Message.varint(UInt64(bitPattern: -3)))), -3),
    ("int32 content", tensor(3, Message.field(4, [255, 255, 255, 255])), -1),
    ("one by one", tensor(1, Message.field(4, float), shape: one + one), 0.25),
    ("nothing but a type", tensor(1, []), 0),
    ("two", tensor(1, Message.field(4, float + float), shape: two), nil),
    ("two unnamed", tensor(1, Message.field(5, float + float), shape: nil), nil),
    ("text", tensor(7, Message.field(8, "0.25")), nil),
    ("too short", tensor(2, Message.field(4, float)), nil),
    ("unknown", tensor(99, Message.field(4, float)), nil),
  ]
  let file = try GrownFile()
  try file.write(EventsFile.record(EventsFile.header))
  for (name, value, _) in forms { try file.append(Message.record(name, step: 7, value)) }
  var stream = EventStream(path: file.path)
  let read = stream.read(limit: .max).numbers
  #expect(read.allSatisfy { $0.step == 7 && $0.time == 1_000 })
  let values = Dictionary(uniqueKeysWithValues: read.map { ($0.tag, $0.value) })
  for (name, _, expected) in forms { #expect(values[name] == expected, "\(name)") }
  #expect(stream.notice == nil)
}

@Test func eventsComeAsTheirBytesDoAndEachOnce() throws {
  let whole =
    EventsFile.record(EventsFile.header)
    + (0..<20).flatMap { Message.scalar("loss", step: $0, Float($0)) }
  let file = try GrownFile()
  var stream = EventStream(path: file.path)
  var steps: [Int] = []
  for byte in whole {
    try file.append([byte])
    steps += stream.read(limit: .max).numbers.map(\.step)
  }
  #expect(steps == Array(0..<20) && stream.notice == nil)
  // In portions, each of which ends anywhere.
  stream = EventStream(path: file.path)
  steps = []
  while stream.extent.read < whole.count { steps += stream.read(limit: 7).numbers.map(\.step) }
  #expect(steps == Array(0..<20) && stream.notice == nil)
  // Cut, and written anew.
  try file.write(Array(whole.prefix(200)))
  let growth = stream.read(limit: .max)
  #expect(growth.isRestarted && growth.numbers.first?.step == 0)
}

@Test func aBadChecksumCostsOneRecordAndABadLengthNoneThatCanBeFound() throws {
  let records = (0..<9).map { Message.scalar("loss", step: $0, 1) }
  let size = records[0].count
  func steps(_ change: (inout [UInt8]) -> Void) throws -> ([Int], String?) {
    let file = try GrownFile()
    var bytes = records.flatMap(\.self)
    #expect(bytes.count == 9 * size + 1 || bytes.count == 9 * size)
    change(&bytes)
    try file.write(bytes)
    var stream = EventStream(path: file.path)
    let read = stream.read(limit: .max).numbers.map(\.step)
    let notice = stream.notice
    // Once told, it stays as it is.
    #expect(stream.read(limit: .max).numbers.isEmpty && stream.notice == notice)
    return (read, notice)
  }
  let start = records[0].count + records[1].count
  let data = try steps { $0[start + 20] ^= 1 }
  #expect(data.0 == [0, 1, 3, 4, 5, 6, 7, 8])
  #expect(data.1?.contains("a record does not fit its checksum") == true)
  // The length is right and its checksum is not: the data shows it.
  let sum = try steps { $0[start + 9] ^= 1 }
  #expect(sum.0 == Array(0..<9) && sum.1 != nil)
  // The length is wrong: nothing behind it can be found.
  let length = try steps { $0[start] ^= 1 }
  #expect(length.0 == [0, 1] && length.1?.contains("damaged in the middle") == true)
  let huge = try steps { $0[start + 6] = 0x7f }
  #expect(huge.0 == [0, 1] && huge.1?.contains("damaged in the middle") == true)
}

@Test func longRecordsArePassedOverWithoutBeingKept() throws {
  let file = try GrownFile()
  let long = EventsFile.record([UInt8](repeating: 0, count: EventStream.longestRecord + 100))
  try file.write(Message.scalar("loss", step: 1, 1) + long.prefix(100_000))
  var stream = EventStream(path: file.path)
  #expect(stream.read(limit: .max).numbers.map(\.step) == [1])
  try file.append(Array(long.dropFirst(100_000)) + Message.scalar("loss", step: 2, 1))
  #expect(stream.read(limit: 1 << 20).numbers.isEmpty)
  var steps: [Int] = []
  while stream.extent.read < stream.extent.size {
    steps += stream.read(limit: 1 << 20).numbers.map(\.step)
  }
  #expect(steps == [2] && stream.notice == nil)
  // A length that no file has, with its checksum: nothing is taken for it.
  let length = Message.raw(UInt64.max - 3)
  try file.write(length + Message.raw(EventsFile.maskedChecksum(length)))
  #expect(stream.read(limit: .max).numbers.isEmpty)
  #expect(stream.notice != nil)
}

@Test(.enabled(if: SharedFolder.isPresent, "needs the shared folder"))
func theNumbersOfTheVectorsAreThoseOfTheirJSON() throws {
  let folder = SharedFolder.file("vectors/tensorboard/collapse_run")
  var found: [String: [[Double]]] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
    var stream = EventStream(path: folder + "/" + name)
    repeat {
      for number in stream.read(limit: 1_000).numbers {
        found[number.tag, default: []].append([Double(number.step), number.value])
        #expect(number.time > 1.7e9)
      }
    } while stream.extent.read < stream.extent.size
    #expect(stream.notice == nil)
  }
  let json = try Data(contentsOf: URL(fileURLWithPath: folder + ".expected.json"))
  let expected = try JSONDecoder().decode([String: [[Double?]]].self, from: json)
  // JSON has null where the file has NaN.
  let read = found.mapValues { list in list.map { $0.map { $0.isNaN ? nil : $0 } } }
  #expect(expected.count == 4 && read == expected)
  #expect(found["grad_norm"]?.count { $0[1].isNaN } == 1)
}
