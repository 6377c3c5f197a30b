import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

@Test func checksumsAreThePublishedOnes() {
  #expect(EventsFile.checksum(Array("123456789".utf8)) == 0xe306_9283)
  #expect(EventsFile.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
  #expect(
    EventsFile.maskedChecksum([0x1a, 0x11] + Array("CRC test, one two".utf8)) == 0x5794_d08a)
}

@Test func theFirstRecordNamesTheFormat() {
  #expect(
    hexadecimal(EventsFile.record(EventsFile.header))
      == "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a")
}

@Test func aScalarIsWrittenAsTensorBoardReadsIt() {
  let event = EventsFile.event(time: 2, step: 7, [("loss", 0.5)])
  #expect(
    hexadecimal(EventsFile.record(event))
      == "1a00000000000000129bd82d09000000000000004010072a0d0a0b0a046c6f7373150000003fc33fc24a")
}

@Test func eventsBehindTheStepAreDropped() throws {
  let folder = try TemporaryFolder()
  let run = RunFolder(path: folder.path)
  try run.create()
  let level = LevelStatistics(z: .random([4, 16]), slope: 6)
  let steps = (1...3).map { step in
    StepMetrics(
      step: step, time: 5, stage: "a", loss: 0.5, terms: ["l1": .init(value: 0.5, weight: 1)],
      learningRate: 1, gradientNorm: 1, dataWaitSeconds: 0, framesPerSecond: 1, levels: [level],
      validation: nil)
  }
  try run.truncateMetrics(after: 0)
  for step in steps { try run.append(step) }
  let name = try #require(
    try FileManager.default.contentsOfDirectory(atPath: run.path).first {
      $0.hasPrefix("events.out.tfevents.")
    })
  func size() throws -> Int {
    try Data(contentsOf: URL(fileURLWithPath: run.path + "/" + name)).count
  }
  let whole = try size()
  let record = EventsFile.record(EventsFile.event(steps[2])).count
  try run.truncateMetrics(after: 2)
  #expect(try size() == whole - record)
  #expect(run.lastMetrics() == steps[1])
  #expect(steps[0].scalars.contains { $0.tag == "levels/1/bit_entropy/15" })
}

@Test func whatIsWrittenIsReadAgain() throws {
  let histogram = try #require(Histogram([Tensor([0, 0.5, 1, 1], shape: [4])], bucketCount: 2))
  #expect(histogram.buckets == [1, 3])
  #expect(histogram.limits == [0.5, 1])
  #expect(histogram.quantile(0) == 0 && histogram.quantile(1) == 1)
  let values: [(tag: String, value: EventValue)] = [
    ("loss", .scalar(0.5)), ("levels/1/z", .histogram(histogram)),
    ("previews/1", .image(width: 8, height: 4, png: [1, 2, 3])),
  ]
  let event = EventsFile.event(time: 3, step: 70_000, values: values)
  let bytes = EventsFile.record(EventsFile.header) + EventsFile.record(event)
  var reader = EventRecords(bytes)
  #expect(reader.next()?.event?.version == "brain.Event:2")
  let read = try #require(reader.next()?.event)
  #expect(read.step == 70_000 && read.time == 3)
  #expect(read.values.map(\.tag) == values.map(\.tag))
  #expect(read.values.map(\.value) == values.map(\.value))
  #expect(reader.next() == nil && !reader.isDamaged)
}

@Test func everyCutAndEveryFlippedBitOfARecordIsNoticed() {
  let first = EventsFile.record(EventsFile.header)
  let whole = first + EventsFile.record(EventsFile.event(time: 2, step: 7, [("loss", 0.5)]))
  for end in first.count..<whole.count {
    var reader = EventRecords(Array(whole[..<end]))
    #expect(reader.next()?.event != nil)
    #expect(reader.next() == nil && !reader.isDamaged && reader.offset == first.count)
  }
  for place in first.count..<whole.count {
    var bytes = whole
    bytes[place] ^= 1
    var reader = EventRecords(bytes)
    #expect(reader.next()?.event != nil)
    #expect(reader.next()?.event == nil)
  }
}

@Test(.enabled(if: SharedFolder.isPresent, "needs the shared folder"))
func eventFilesOfTensorBoardsWritersAreReadToTheirLastNumber() throws {
  let folder = SharedFolder.file("vectors/tensorboard/collapse_run")
  var found: [String: [[Double]]] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
    var reader = EventRecords(try WholeFile.read(folder + "/" + name))
    while let record = reader.next() {
      let event = try #require(record.event)
      for case (let tag, .scalar(let value)) in event.values {
        found[tag, default: []].append([Double(event.step), value])
      }
    }
    #expect(!reader.isDamaged && reader.offset == reader.bytes.count)
  }
  let json = try Data(
    contentsOf: URL(fileURLWithPath: folder + ".expected.json"))
  let expected = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
  var compared = 0
  for (tag, list) in expected {
    guard let list = list as? [[Double]], let read = found[tag] else { continue }
    #expect(read.map { $0.map(Float.init) } == list.map { $0.map(Float.init) }, "\(tag)")
    compared += 1
  }
  #expect(compared > 0)
}
