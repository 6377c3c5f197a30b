import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@Test func theNumberOfWeightsFollowsFromTheConfiguration() {
  let model = makeTinyModel()
  let count = model.parameters.reduce(0) { $0 + $1.variable.value.count }
  #expect(tinyConfiguration.weightCount == count)
}

@Test func configurationsBeyondReasonAreRefused() {
  func problem(_ change: (inout TokenizerConfiguration) -> Void) -> String {
    var configuration = tinyConfiguration
    change(&configuration)
    return configuration.problem ?? ""
  }
  #expect(tinyConfiguration.problem == nil)
  #expect(problem { $0.widths[4] = 4097 }.contains("1…4096"))
  #expect(problem { $0.textLength = 4097 }.contains("1…4096"))
  #expect(problem { $0.patch = 65 }.contains("1…64"))
  #expect(problem { $0.decoderBlocks[0] = 65 }.contains("0…64"))
  #expect(problem { $0.textLayers = 65 }.contains("0…64"))
  #expect(problem { $0.vocabularySize = 1 << 20 + 1 }.contains("vocabulary_size"))
  #expect(problem { $0.alignmentWidth = 0 }.contains("1…4096"))
  let short = [[2, 8, 8], [2, 8, 8], [2, 16, 16], [2, 32, 32]]
  #expect(problem { $0.strides = short } == "")
  #expect(problem { $0.strides.removeLast() }.contains("4 entries each"))
  #expect(problem { $0.strides = [] }.contains("one to four"))
  let faster = [[2, 8, 8], [4, 8, 8], [8, 16, 16], [8, 32, 32]]
  #expect(problem { $0.strides = faster }.contains("stand for 8 frames"))
}

@Test func aConfigurationFarLargerThanItsWeightsIsRefusedBeforeItIsBuilt() {
  var folder = makeTinyFolder()
  folder.configuration.widths = [4096, 4096, 4096, 4096, 4096]
  folder.configuration.encoderBlocks = [64, 64, 64, 64, 64]
  let error = #expect(throws: TokenizationError.self) {
    try VideoTokenizer(folder, path: "models/tiny")
  }
  #expect(error?.description.contains("its configuration needs") == true)
}

@Test func aVocabularyIsAPlainFileOfBoundedSize() throws {
  let folder = try TemporaryFolder()
  let pipe = folder.file("pipe.json")
  #expect(mkfifo(pipe, 0o600) == 0)
  #expect(throws: VocabularyError.self) { try BytePairVocabulary(path: pipe) }
  let large = folder.file("large.json")
  try WholeFile.write([[]], to: large)
  #expect(truncate(large, 16 << 20 + 1) == 0)
  #expect(throws: VocabularyError.self) { try BytePairVocabulary(path: large) }
}
