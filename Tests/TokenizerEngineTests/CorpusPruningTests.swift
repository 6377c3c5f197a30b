import Foundation
import TestSupport
import Testing
import Tokenization

@testable import TokenizerEngine

@Suite struct CorpusPruningTests {
  private struct Corpus {
    let folder: TemporaryFolder
    let index: CorpusIndex

    init(_ names: [String]) throws {
      folder = try TemporaryFolder()
      let model = CorpusModel(
        name: "small", sha256: String(repeating: "ab", count: 32), bits: 6, strides: [[2, 8, 8]])
      index = try CorpusIndex(writing: folder.file("clips.db"), model: model)
      for name in names {
        let file = folder.file(name)
        let parent = URL(fileURLWithPath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(name.utf8).write(to: URL(fileURLWithPath: file))
        let grid = TokenGrid(level: 1, t: 1, h: 1, w: 1, codes: [5])
        try index.put(
          CorpusEntry(
            fingerprint: try CorpusFingerprint(of: file),
            source: CorpusSource(ClipRequest(path: file), caption: nil),
            tokens: ClipTokens(
              grids: [grid], bits: 6, strides: [[2, 8, 8]],
              clip: ClipDescription(frames: 1, width: 8, height: 8), model: "small",
              modelSHA256: model.sha256),
            embedding: [1]))
      }
    }

    func remove(_ name: String) throws {
      try FileManager.default.removeItem(atPath: folder.file(name))
    }

    func prune(_ name: String) throws -> CorpusPruning {
      try index.prune(folder: folder.file(name))
    }
  }

  @Test func whatIsGoneFromTheFolderGoesAndNothingElse() throws {
    let corpus = try Corpus(["a/1.mkv", "a/2.mkv", "a/in/3.mkv", "ab/4.mkv", "b/5.mkv"])
    for name in ["a/1.mkv", "a/in", "ab/4.mkv", "b/5.mkv"] { try corpus.remove(name) }
    #expect(try corpus.prune("a") == CorpusPruning(removed: 2))
    #expect(try corpus.index.clipCount() == 3)
    #expect(try corpus.index.usage().histograms[1]?.tokens == 3, "its codes go with it")
    #expect(try corpus.prune("a") == CorpusPruning())
  }

  @Test func theClipsOfAnEmptyOrMissingFolderStay() throws {
    let corpus = try Corpus(["a/1.mkv", "a/in/2.mkv", "a/in/3.mkv"])
    for name in ["a/in/2.mkv", "a/in/3.mkv"] { try corpus.remove(name) }
    let inside = try corpus.prune("a")
    #expect(inside.removed == 0 && inside.notices.count == 1)
    #expect(inside.notices[0].contains("a/in is empty; 2 of its clips"))
    try corpus.remove("a")
    #expect(try corpus.prune("a") == CorpusPruning())
    try FileManager.default.createDirectory(
      atPath: corpus.folder.file("a"), withIntermediateDirectories: false)
    let empty = try corpus.prune("a")
    #expect(empty.removed == 0 && empty.notices.count == 1)
    #expect(try corpus.index.clipCount() == 3)
  }

  @Test func aFileIsNoFolderToPrune() throws {
    let corpus = try Corpus(["a/1.mkv", "a/2.mkv"])
    try corpus.remove("a/1.mkv")
    #expect(try corpus.prune("a/2.mkv") == CorpusPruning())
    #expect(try corpus.prune("a/1.mkv") == CorpusPruning())
    #expect(try corpus.index.clipCount() == 2)
  }
}
