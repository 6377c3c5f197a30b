import Foundation
import Glibc
import Tensors
import TestSupport
import Testing

@testable import Training

/// Damages files as disks, networks and hasty writers do, always in the same ways for a seed.
private struct Mutator {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  mutating func number(below end: Int) -> Int { Int(random.next() % UInt64(max(1, end))) }

  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...number(below: 4) where !bytes.isEmpty {
      let place = number(below: bytes.count)
      let end = min(bytes.count, place + 1 + number(below: 64))
      switch number(below: 7) {
      case 0: bytes[place] ^= 1 << UInt8(number(below: 8))
      case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff][number(below: 5)]
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4: for index in place..<end { bytes[index] = 0xff }
      case 5: bytes.removeSubrange(place...)
      default: for index in place..<end { bytes[index] = UInt8(number(below: 256)) }
      }
    }
    return bytes
  }

  /// Damages what lies within records and sets their checksums right, so that it is looked at.
  mutating func mutateData(_ bytes: [UInt8]) -> [UInt8] {
    var reader = EventRecords(bytes)
    var result: [UInt8] = []
    while let record = reader.next() {
      let data = Array(bytes[record.data])
      result += EventsFile.record(number(below: 3) == 0 ? mutate(data) : data)
    }
    return result
  }
}

/// Follows a folder through its damaged files; gives how many numbers came.
private func follow(_ folder: String) -> Int {
  guard var reader = try? RunReader(path: folder) else { return 0 }
  var count = 0
  var polls = 0
  while reader.poll(limit: 10_000), polls < 10_000 {
    polls += 1
    count += reader.takeSeries().series.reduce(0) { $0 + $1.steps.count }
  }
  #expect(polls < 10_000)
  _ = (reader.alerts, reader.lastStep, reader.state)
  return count
}

private var heldBytes: Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1_024
}

/// - Parameter name: where the file lies in the run.
private func survive(_ original: [UInt8], _ name: String, rounds: Int) throws {
  let folder = try TemporaryFolder()
  let path = URL(fileURLWithPath: folder.file(name))
  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: path) }
  try write(original)
  let whole = follow(folder.path)
  #expect(whole > 0)
  var mutator = Mutator(seed: 7)
  let before = heldBytes
  var damaged = 0
  for round in 0..<rounds {
    let isWithin = name.contains("tfevents") && round.isMultiple(of: 2)
    try write(isWithin ? mutator.mutateData(original) : mutator.mutate(original))
    let count = follow(folder.path)
    #expect(count <= 4 * whole + 10_000)
    if count != whole { damaged += 1 }
  }
  #expect(damaged > rounds / 4)
  // Damage while it is followed.
  try write(original)
  var reader = try RunReader(path: folder.path)
  for _ in 0..<rounds {
    reader.poll()
    try write(mutator.mutate(original))
    _ = reader.takeSeries()
  }
  // Other tests hold memory too, so that this only shows what is far off.
  #expect(heldBytes - before < 200 * original.count + (512 << 20))
}

@Test func damagedEventFilesNeitherStopNorSwellAnything() throws {
  var bytes = EventsFile.record(EventsFile.header)
  for step in 0..<40 {
    bytes += Message.scalar("train/loss", step: step, 1)
    bytes += Message.record(
      "codebook/usage", step: UInt64(step),
      Message.field(
        8, Message.field(1, int: 1) + Message.field(4, Message.raw(Float(1).bitPattern))))
  }
  try survive(bytes, "events.out.tfevents.1", rounds: 400)
}

@Test func damagedJSONLinesNeitherStopNorSwellAnything() throws {
  let lines = (0..<60).map {
    "{\"step\": \($0), \"loss\": \(1 / Double($0 + 1)), \"levels\": [{\"usage\": 0.5}, {\"a\": [1]}]}\n"
  }
  try survive(Array(lines.joined().utf8), "metrics.jsonl", rounds: 400)
  // As deep as a line goes.
  let folder = try TemporaryFolder()
  try Data(("{\"a\":" + String(repeating: "[", count: 1_000_000) + "\n{\"a\": 1}\n").utf8)
    .write(to: URL(fileURLWithPath: folder.file("metrics.jsonl")))
  var run = try #require(ForeignRun(path: folder.path))
  while run.poll() {}
  #expect(run.takeSeries().series.map(\.values) == [[1]])
}

@Test func damagedFilesOfWandbNeitherStopNorSwellAnything() throws {
  try survive(writtenByWandb(), "run-a.wandb", rounds: 60)
}

@Test(.enabled(if: SharedFolder.isPresent, "needs the shared folder"))
func damagedFilesOfTheVectorsNeitherStopNorSwellAnything() throws {
  let folder = SharedFolder.file("vectors/tensorboard/collapse_run")
  for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    try survive([UInt8](bytes), name, rounds: 60)
  }
}

@Test func stepsThatGoToAndFroTakeNoLongerThanOthers() throws {
  let folder = try TemporaryFolder()
  var text = ""
  for step in 0..<50_000 { text += "{\"step\": \(step), \"usage\": 0.5}\n" }
  for step in 0..<50_000 { text += "{\"step\": \(49_999 - step % 2), \"usage\": 0.5}\n" }
  try text.write(toFile: folder.file("metrics.jsonl"), atomically: true, encoding: .utf8)
  var run = try #require(ForeignRun(path: folder.path))
  while run.poll() {}
  // Of each fall the higher step is taken back.
  #expect(run.takeSeries().series.first?.steps.suffix(2) == [49_997, 49_998])
}
