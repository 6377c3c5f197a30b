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
