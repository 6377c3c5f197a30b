import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

/// The mosaic, some of whose bits are others.
private final class FlippingCodec: ClipCodec {
  private let mosaic = MosaicCodec()
  var summary: ModelSummary
  private let change: (_ level: Int, _ index: Int, _ code: UInt32) -> UInt32

  init(_ change: @escaping (Int, Int, UInt32) -> UInt32) {
    summary = mosaic.summary
    summary.name = "flipped"
    self.change = change
  }

  func startEncoding(caption: String?) throws -> ChunkEncoder {
    let encode = mosaic.startEncoding(caption: caption)
    return { [change] frames in
      try encode(frames).map { slice in
        var slice = slice
        slice.codes = slice.codes.enumerated().map { change(slice.level, $0, $1) }
        return slice
      }
    }
  }

  func startDecoding(muting: Mutes) throws -> ChunkDecoder {
    mosaic.startDecoding(muting: muting)
  }
}

private func compared(
  _ clip: PictureClip, with codec: @escaping @Sendable () -> any ClipCodec
) throws -> [EngineEvent] {
  let log = EventLog()
  let engine = Engine(loadCodec: { $0 == nil ? MosaicCodec() : codec() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  log.wait(until: isLast(JobID(2)))
  engine.submit(.compareTokens(model: "other", job: JobID(3)))
  return log.wait(until: isLast(JobID(3)))
}

private func drifts(_ events: [EngineEvent]) -> [TokenDrift] {
  events.compactMap { if case .drift(let drift, JobID(3)) = $0 { drift } else { nil } }
}

/// Level 2: bit 3 of every token; level 1: bits 0 and 15 of the first token of a chunk.
@Test func driftCountsWhatIsFlippedByLevelAndBit() throws {
  let clip = try PictureClip(frames: 9)
  let events = try compared(clip) {
    FlippingCodec { level, index, code in
      switch level {
      case 1: index == 0 ? code ^ 0x8001 : code
      case 2: code ^ 1 << 12
      default: code
      }
    }
  }
  let all = drifts(events)
  #expect(all.count == 3, "one for each chunk")
  let drift = try #require(all.last)
  #expect(drift.model.name == "flipped")
  let second = try #require(drift[level: 2])
  #expect(second.tokens > 0 && second.changed == second.tokens)
  #expect(second.flips == (0..<16).map { $0 == 3 ? second.tokens : 0 })
  #expect(second.changedShare == 1 && second.flippedShare == 1 / 16)
  let first = try #require(drift[level: 1])
  #expect(first.changed == 3)
  #expect(first.flips == (0..<16).map { $0 == 0 || $0 == 15 ? 3 : 0 })
  #expect(first.distance(step: 0, row: 0, column: 0) == 2)
  #expect(first.distance(step: 0, row: 0, column: 1) == 0)
  #expect(first.distance(step: 0, row: -1, column: 0) == nil)
  #expect(first.distance(step: 99, row: 0, column: 0) == nil)
  for level in [3, 4] { #expect(drift[level: level]?.changed == 0) }
  // While the job goes on, what was not compared is not known.
  #expect(all[0][level: 1]?.distance(step: 1, row: 0, column: 0) == nil)
}

@Test func aModelIsAsFarFromItselfAsNothing() throws {
  let drift = try #require(drifts(try compared(PictureClip(frames: 5)) { MosaicCodec() }).last)
  for level in drift.levels {
    #expect(level.changedShare == 0 && level.flippedShare == 0)
  }
}

@Test func modelsOfOtherShapesAreNotCompared() throws {
  let events = try compared(PictureClip(frames: 5)) {
    let codec = FlippingCodec { $2 }
    codec.summary.bits = 12
    return codec
  }
  let reason = EngineError.otherTokens(path: "other").description
  #expect(events.contains(.failed(JobID(3), reason: reason)))
  #expect(drifts(events).isEmpty)
}

@Test func nothingIsComparedWithoutAClip() throws {
  let log = EventLog()
  let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
  engine.submit(.compareTokens(model: "other", job: JobID(1)))
  let events = log.wait(until: isLast(JobID(1)))
  #expect(events.contains(.failed(JobID(1), reason: EngineError.noClip.description)))
}
