import Foundation
import TestSupport
import Testing

@testable import Training

/// Writes records as LevelDB's log does.
private struct LogWriter {
  private(set) var bytes = RecordLog.header

  static func chunk(_ kind: UInt8, _ data: [UInt8]) -> [UInt8] {
    Message.raw(RecordLog.checksum(([kind] + data)[...])) + Message.raw(UInt16(data.count))
      + [kind] + data
  }

  mutating func add(_ record: [UInt8]) {
    var rest = record[...]
    var isFirst = true
    repeat {
      var room = RecordLog.block - bytes.count % RecordLog.block
      if room < 7 {
        bytes += [UInt8](repeating: 0, count: room)
        room = RecordLog.block
      }
      let part = rest.prefix(room - 7)
      rest = rest.dropFirst(part.count)
      let kind: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : (rest.isEmpty ? 4 : 3)
      bytes += Self.chunk(kind, Array(part))
      isFirst = false
    } while !rest.isEmpty
  }

  mutating func add(_ values: [(keys: [String], json: String)], step: Int? = nil) {
    var history = values.flatMap { value in
      Message.field(
        1,
        (value.keys.count == 1
          ? Message.field(1, value.keys[0])
          : value.keys.flatMap { Message.field(2, $0) }) + Message.field(16, value.json))
    }
    if let step { history += Message.field(2, Message.field(1, int: UInt64(step))) }
    add(Message.field(1, int: 9) + Message.field(2, history))
  }
}

@Test func chunksAreThoseOfWandb() {
  #expect(LogWriter.chunk(1, [0x08, 0x01]) == [0xbb, 0x09, 0x5d, 0x41, 2, 0, 1, 8, 1])
  #expect(RecordLog.checksum(Array("123456789".utf8)[...]) == 0xcbf4_3926)
  #expect(RecordLog.header == [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00])
}

/// Numbers of 60 steps, with records that cross blocks.
func writtenByWandb() -> [UInt8] {
  var log = LogWriter()
  for step in 0..<60 {
    log.add([
      (["train/loss"], "\(step).5"), (["vq", "usage"], step < 30 ? "0.9" : "NaN"),
      (["_step"], "\(step)"), (["_timestamp"], "1700000000.25"), (["_runtime"], "3"),
      (["note"], "\"text\""), (["picture"], "{\"width\": 3, \"_type\": \"image-file\"}"),
    ])
    log.add(Message.field(4, [UInt8](repeating: UInt8(step), count: 3_000)))
  }
  log.add([(["train/loss"], "7")], step: 60)
  return log.bytes
}

@Test func offlineRunsOfWandbAreRead() throws {
  let file = try GrownFile("run-abc.wandb")
  let bytes = writtenByWandb()
  #expect(bytes.count > 5 * RecordLog.block)
  var stream = WandbStream(path: file.path)
  var read: [LoggedNumber] = []
  for start in stride(from: 0, to: bytes.count, by: 1_777) {
    try file.append(Array(bytes[start..<min(bytes.count, start + 1_777)]))
    read += stream.read(limit: 1_000).numbers
  }
  while stream.extent.read < stream.extent.size { read += stream.read(limit: 1_000).numbers }
  let losses = read.filter { $0.tag == "train/loss" }
  #expect(losses.map(\.step) == Array(0...60) && losses.map(\.value).suffix(2) == [59.5, 7])
  #expect(losses[0].time == 1_700_000_000.25)
  #expect(read.count { $0.tag == "vq/usage" && $0.value.isNaN } == 30)
  #expect(Set(read.map(\.tag)) == ["train/loss", "vq/usage", "picture/width"])
  #expect(stream.notice == nil)
  // A damaged chunk costs the rest of its block, and no more.
  var damaged = bytes
  damaged[RecordLog.block + 100] ^= 1
  try file.write(damaged)
  stream = WandbStream(path: file.path)
  let growth = stream.read(limit: .max)
  #expect(stream.notice?.contains("a part is damaged") == true)
  let steps = growth.numbers.filter { $0.tag == "train/loss" }.map(\.step)
  #expect(steps.count < 61 && steps.count > 40 && steps.last == 60)
  try file.write(Array("no log at all".utf8))
  #expect(stream.read(limit: .max).numbers.isEmpty && stream.notice?.contains("no file of") == true)
}

@Test func aFolderOfWandbIsARun() throws {
  let folder = try TemporaryFolder()
  let file = try GrownFile("offline-run-20250101/run-abc.wandb", in: folder)
  try file.write(writtenByWandb())
  var run = try #require(ForeignRun(path: folder.path))
  while run.poll(limit: 5_000) {}
  #expect(run.lastStep == 60 && run.lastLoss == 7)
  #expect(run.takeSeries().series.first?.tag == "offline-run-20250101/train/loss")
}
