import Foundation
import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

/// An index beside the clip, through the engine.
@Suite struct CorpusServiceTests {
  /// Two clips of pictures and a token file; every code is the clip's number, but for one 77.
  private struct Corpus {
    let folder: TemporaryFolder
    let clips: [PictureClip]

    var path: String { folder.file("clips.db") }

    init(model: ModelSummary = MosaicCodec().summary) throws {
      folder = try TemporaryFolder()
      clips = try (0..<2).map { _ in try PictureClip(frames: 6, isTextured: true) }
      let index = try CorpusIndex(writing: folder.file("clips.db"), model: CorpusModel(model))
      defer { index.close() }
      for (number, clip) in clips.enumerated() {
        try index.put(
          entry(clip.request.path, CorpusSource(clip.request, caption: nil), number, model))
      }
      let file = folder.file("tokens.safetensors")
      try Data("x".utf8).write(to: URL(fileURLWithPath: file))
      try index.put(entry(file, .tokens, 2, model))
    }

    private func entry(
      _ path: String, _ source: CorpusSource, _ number: Int, _ summary: ModelSummary
    ) throws -> CorpusEntry {
      let model = CorpusModel(summary)
      let padded = model.geometry.padded(frames: 6, width: 64, height: 32)
      var grids = model.geometry.grids(padded: padded).enumerated().map { level, shape in
        TokenGrid(
          level: level + 1, t: shape[0], h: shape[1], w: shape[2],
          codes: [UInt32](repeating: UInt32(number), count: shape.reduce(1, *)))
      }
      grids[0][1, 2, 3] = 77
      return CorpusEntry(
        fingerprint: try CorpusFingerprint(of: path), source: source,
        tokens: ClipTokens(
          grids: grids, bits: 16, strides: model.strides,
          clip: ClipDescription(frames: 6, width: 64, height: 32), model: model.name,
          modelSHA256: model.sha256),
        embedding: number == 1 ? [0, 1] : [1, 0])
    }
  }

  /// Reads one text only.
  private final class ReadingCodec: ClipCodec, TextVectors {
    private let codec = MosaicCodec()
    var summary: ModelSummary { codec.summary }
    func startEncoding(caption: String?) throws -> ChunkEncoder {
      codec.startEncoding(caption: caption)
    }
    func startDecoding(muting mutes: Mutes) throws -> ChunkDecoder {
      codec.startDecoding(muting: mutes)
    }
    func query(_ text: String) throws -> CorpusQuery {
      CorpusQuery(words: text, target: .vector([0, 1]), notices: ["read as up"])
    }
  }

  private func start(
    _ codec: @escaping @Sendable () -> any ClipCodec = { MosaicCodec() }
  ) -> (Engine, EventLog) {
    let log = EventLog()
    let engine = Engine(loadCodec: { _ in codec() }, post: { log.post($0) })
    engine.submit(.loadModel(path: nil, job: JobID(1)))
    return (engine, log)
  }

  @Test func anIndexIsOpenedCountedAndAsked() throws {
    let corpus = try Corpus()
    let (engine, log) = start()
    engine.submit(.openIndex(path: corpus.path, job: JobID(2)))
    let pattern = CodePattern(code: 77, bits: 16)
    engine.submit(.findPlaces(pattern, limit: 10, job: JobID(3)))
    let events = log.wait(until: isLast(JobID(3)))
    let index = try CorpusIndex(reading: corpus.path)
    let summary = CorpusSummary(path: corpus.path, model: index.model, clips: 3)
    #expect(events.contains(.indexOpened(summary, job: JobID(2))))
    let usage = events.compactMap { event -> [LevelUsage]? in
      if case .indexUsage(let usage, JobID(2)) = event { usage } else { nil }
    }
    #expect(usage.first?.map(\.level) == [1, 2, 3, 4])
    let expected = try index.usage()
    for level in usage.first ?? [] {
      #expect(level.tokens == expected.histograms[level.level]?.tokens)
      #expect(level.used == expected.histograms[level.level]?.used)
    }
    let found = events.compactMap { event -> CorpusOccurrences? in
      guard case .found(let found, JobID(3)) = event, case .places(let places) = found.hits else {
        return nil
      }
      return places
    }
    #expect(found.first?.total == 3 && found.first?.clips == 3)
  }

  @Test func patchesOfTheCorpusAreCutOrOneLineSaysWhyNot() throws {
    let corpus = try Corpus()
    let index = try CorpusIndex(reading: corpus.path)
    let places = try index.occurrences(of: 77, limit: 10).places
    let (engine, log) = start()
    func ask(_ job: Int) -> [String: PatchOutcome] {
      let patches = places.map { place in
        Patch(
          around: place.box, frame: place.frames.lowerBound, of: .corpus(place.clip), width: 64,
          height: 32)
      }
      engine.submit(.cut(patches, job: JobID(job)))
      let events = log.wait(3) {
        if case .patch(_, _, JobID(job)) = $0 { true } else { false }
      }
      return events.reduce(into: [:]) { outcomes, event in
        guard case .patch(let patch, let outcome, JobID(job)) = event,
          case .corpus(let clip) = patch.source
        else { return }
        outcomes[clip.path] = outcome
      }
    }
    let paths = try corpus.clips.map { try CorpusFingerprint(of: $0.request.path).path }
    let whole = ask(2)
    for (clip, path) in zip(corpus.clips, paths) {
      let frame = try OpenedClip(clip.request).frame(1)
      let box = PixelBox(x: 12, y: 0, width: 32, height: 32)
      #expect(whole[path] == .picture(try #require(frame.cut(box))))
    }
    let tokens = try CorpusFingerprint(of: corpus.folder.file("tokens.safetensors")).path
    #expect(whole[tokens] == .fault("\(CorpusError.noPictures(tokens))"))
    // Nobody looks any more: what is open is closed.
    engine.submit(.cut([], job: JobID(3)))
    try FileManager.default.removeItem(atPath: paths[0])
    try Data("more".utf8).write(to: URL(fileURLWithPath: paths[1] + "/frame0000.ppm"))
    let after = ask(4)
    #expect(after[paths[0]] == .fault("\(CorpusError.vanished(paths[0]))"))
    #expect(after[paths[1]] == .fault("\(CorpusError.changed(paths[1]))"))
  }

  @Test func wordsFindClipsAndCodesFindPlaces() throws {
    let corpus = try Corpus()
    let (engine, log) = start { ReadingCodec() }
    engine.submit(.search("up", limit: 5, job: JobID(2)))
    #expect(
      log.wait(until: isLast(JobID(2))).contains(
        .failed(JobID(2), reason: "\(CorpusError.notOpen)")))
    engine.submit(.openIndex(path: corpus.path, job: JobID(3)))
    _ = log.wait(until: isLast(JobID(3)))
    for (job, words) in [(4, "up"), (5, "0x4d"), (6, "0x12345")] {
      engine.submit(.search(words, limit: 5, job: JobID(job)))
    }
    let events = log.wait(until: isLast(JobID(6)))
    _ = log.wait(until: isLast(JobID(5)))
    let found = log.wait(2) { if case .found = $0 { true } else { false } }.compactMap {
      event -> CorpusFindings? in
      if case .found(let found, _) = event { found } else { nil }
    }
    guard case .clips(let clips) = found.first?.hits, case .places(let places) = found.last?.hits
    else {
      Issue.record("\(found.count) answers")
      return
    }
    #expect(clips.count == 3 && clips[0].score > clips[1].score)
    #expect(found[0].query.notices == ["read as up"] && found[0].clips == 3)
    #expect(places.total == 3)
    #expect(
      events.contains {
        if case .failed(JobID(6), let reason) = $0 { reason.contains("is no code") } else { false }
      })
  }

  @Test func aModelWithoutTextsSaysSo() throws {
    let corpus = try Corpus()
    let (engine, log) = start()
    engine.submit(.openIndex(path: corpus.path, job: JobID(2)))
    engine.submit(.search("up", limit: 5, job: JobID(3)))
    #expect(
      log.wait(until: isLast(JobID(3))).contains(
        .failed(JobID(3), reason: "\(CorpusError.noTexts)")))
  }

  @Test(arguments: ["none.db", "foreign.db"])
  func whatIsNoIndexIsOneLine(name: String) throws {
    let folder = try TemporaryFolder()
    try Data(String(repeating: "no database. ", count: 99).utf8)
      .write(to: URL(fileURLWithPath: folder.file("foreign.db")))
    let (engine, log) = start()
    engine.submit(.openIndex(path: folder.file(name), job: JobID(2)))
    let reasons = log.wait(until: isLast(JobID(2))).compactMap { event -> String? in
      if case .failed(JobID(2), let reason) = event { reason } else { nil }
    }
    #expect(reasons.count == 1 && reasons[0].contains(name) && !reasons[0].contains("\n"))
  }

  @Test func whatWasCancelledIsNotDone() throws {
    let corpus = try Corpus()
    let (engine, log) = start()
    engine.submit(.cancel(JobID(2)))
    engine.submit(.openIndex(path: corpus.path, job: JobID(2)))
    let events = log.wait(until: isLast(JobID(2)))
    #expect(events.contains(.cancelled(JobID(2))))
    #expect(!events.contains { if case .indexOpened = $0 { true } else { false } })
  }

  @Test func fewPlacesOfAClipAreSpreadOverIt() throws {
    let corpus = try Corpus()
    let index = try CorpusIndex(reading: corpus.path)
    let places = try index.occurrences(of: 1, level: 1, limit: 3).places
    // 5 steps of 4 rows of 8: one at the start, one after a third, one after two.
    #expect(places.map(\.t) == [0, 1, 3])
  }
}
