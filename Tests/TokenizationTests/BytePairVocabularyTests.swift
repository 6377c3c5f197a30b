import Foundation
import TestSupport
import Testing

@testable import Tokenization

@Test func bytesAloneEncodeAnyText() {
  let vocabulary = BytePairVocabulary()
  #expect(vocabulary.size == 257)
  #expect(vocabulary.encode("aé") == [98, 196, 170])
  for text in ["", " ", "a  b ", "größer 😀\n\0", "日本語"] {
    #expect(vocabulary.decode(vocabulary.encode(text)) == text)
  }
}

@Test func theMostFrequentPairIsMergedFirstAndNeverAcrossWords() {
  let vocabulary = BytePairVocabulary(learning: ["ab ab ab xa"], size: 258)
  #expect(vocabulary.encode("ab") == [257])
  #expect(vocabulary.encode("a b") == [98, 33, 99])
  let more = BytePairVocabulary(learning: ["ab ab ab xa"], size: 300)
  #expect(more.encode(" ab") == [258])
  // No pair that occurs once is worth an id.
  #expect(more.size == 259)
}

@Test func aLearntVocabularyKeepsAnyTextAndShortensItsOwn() {
  let texts = ["a red circle moves", "a red square moves", "a blue circle spins"]
  let vocabulary = BytePairVocabulary(learning: texts, size: 300)
  for text in texts + ["Größe  42", "a\u{0}b"] {
    #expect(vocabulary.decode(vocabulary.encode(text)) == text)
  }
  #expect(vocabulary.encode(texts[0]).count < 8)
  #expect(vocabulary.encode(texts[0], limit: 2) == Array(vocabulary.encode(texts[0]).prefix(2)))
  #expect(BytePairVocabulary(learning: texts, size: 300) == vocabulary)
}

@Test func aVocabularySurvivesItsFile() throws {
  let folder = try TemporaryFolder()
  let path = folder.file("vocabulary.json")
  let vocabulary = BytePairVocabulary(learning: ["größer größer \u{1F600}\u{1F600}"], size: 280)
  try vocabulary.save(to: path)
  #expect(try BytePairVocabulary(path: path) == vocabulary)
}

@Test(arguments: [
  ("", "not a list of merges"),
  (#"{"format": "x", "merges": []}"#, "its format is “x”"),
  (#"{"format": "pyratok.vocabulary.1", "merges": [["ab", "c"]]}"#, "merge 1 does not join"),
  (
    #"{"format": "pyratok.vocabulary.1", "merges": [["a", "b"], ["a", "b"]]}"#,
    "merge 2 does not join"
  ),
  (#"{"format": "pyratok.vocabulary.1", "merges": [["a", "b", "c"]]}"#, "merge 1 does not join"),
  (#"{"format": "pyratok.vocabulary.1", "merges": [["", "b"]]}"#, "merge 1 does not join"),
  (#"{"format": "pyratok.vocabulary.1", "merges": [["日", "b"]]}"#, "merge 1 does not join"),
])
func brokenVocabulariesAreRefused(text: String, message: String) throws {
  let folder = try TemporaryFolder()
  let path = folder.file("vocabulary.json")
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  #expect {
    try BytePairVocabulary(path: path)
  } throws: {
    "\($0)".contains(message)
  }
}
