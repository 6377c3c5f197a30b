import Dispatch
import Foundation
import TestSupport
import Testing
import Tokenization

@testable import TokenizerEngine

/// What was opened is never written over, and words are named as a line can bear them.
@Suite struct ExportRefusalTests {
  @Test func theOpenClipIsNotWrittenOver() throws {
    let clip = try PictureClip(frames: 5)
    let log = EventLog()
    let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
    engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(1)))
    log.wait(until: isLast(JobID(1)))
    let path = clip.request.path
    engine.submit(.export(result: nil, path: path, job: JobID(2)))
    let events = log.wait(until: isLast(JobID(2)))
    #expect(
      events.last == .failed(JobID(2), reason: "\(RegenerationError.outputIsClip(path))"))
  }

  @Test func oneFileMayHaveManyNames() throws {
    let folder = try TemporaryFolder()
    let (clip, link) = (folder.file("clip.mkv"), folder.file("link.mkv"))
    try "x".write(toFile: clip, atomically: true, encoding: .utf8)
    try FileManager.default.linkItem(atPath: clip, toPath: link)
    #expect(FileIdentity.wouldReplace(clip, by: link))
    #expect(!FileIdentity.wouldReplace(clip, by: folder.file("new.mkv")))
    #expect(FileIdentity.wouldReplace(folder.path, by: clip), "a picture of a folder")
    #expect(!FileIdentity.wouldReplace(folder.path, by: folder.file("new.png")))
  }

  @Test func aWordIsKnownIfItIsOneId() {
    let vocabulary = BytePairVocabulary(
      learning: [String](repeating: "a blue square", count: 9), size: 400)
    func unknown(_ text: String) -> [String] {
      PromptReading(text, vocabulary: vocabulary, limit: 99).unknownWords
    }
    #expect(unknown("a blue square").isEmpty)
    #expect(unknown("a b x 7 blue zorgon") == ["b", "x", "7", "zorgon"])
    let long = String(repeating: "y", count: 400)
    let notice = PromptReading("a " + long, vocabulary: vocabulary, limit: 999).notices.first
    #expect(notice?.contains("“" + String(repeating: "y", count: 30) + "…”") == true)
    #expect((notice?.count ?? 0) < 120)
  }
}
