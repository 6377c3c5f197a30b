import Testing

@testable import Tokenization

@Suite struct PriorCostTests {
  private var configuration: PriorConfiguration {
    var configuration = PriorConfiguration()
    (configuration.width, configuration.layers, configuration.heads) = (12, 2, 2)
    (configuration.textWidth, configuration.textLayers, configuration.textHeads) = (8, 0, 2)
    configuration.strides = [[2, 8, 8], [4, 16, 16]]
    return configuration
  }

  /// Counted by hand for two layers of width 12, 16 bits in two groups of 256 states.
  @Test func theOperationsAreThoseOfTheShapes() {
    let cost = PriorCost(configuration)
    // 16 bits, 2 groups, 2 levels, 30 waves: 50 features.
    #expect(configuration.featureCount == 50)
    let (square, entry) = (144, 2 * 50 * 12)
    // One kept row: the first block whole, the keys and values of the second.
    #expect(cost.memory(kept: 1) == entry + 24 * square + 4 * 12 + 4 * square)
    // One open row beside 3 kept ones and 2 text tokens.
    let block = 24 * square + 4 * 4 * 12 + 4 * square + 4 * 2 * 12
    #expect(
      cost.prediction(open: 1, kept: 3, text: 2) == entry + 2 * block + 2 * 12 * 512)
    #expect(cost.text(tokens: 2) == 2 * 4 * 2 * 8 * 12)
  }

  @Test func aJobIsItsPasses() {
    let cost = PriorCost(configuration)
    var settings = SamplingSettings()
    settings.steps = 3
    let once = cost.memory(kept: 5) + cost.text(tokens: 2) + cost.text(tokens: 1)
    // One token of level 2 has two groups, so two passes; then six of level 1 in three.
    let coarse = 2 * cost.prediction(open: 1, kept: 5, text: 2)
    let fine = 3 * cost.prediction(open: 7, kept: 5, text: 2)
    let silent =
      cost.prediction(open: 1, kept: 5, text: 1) + 2 * cost.prediction(open: 7, kept: 5, text: 1)
    #expect(
      cost.sampling(open: [6, 1], kept: 5, text: 2, settings: settings)
        == once + coarse + fine + silent)
    settings.guidance = 0
    #expect(
      cost.sampling(open: [6, 1], kept: 5, text: 2, settings: settings) == once + coarse + fine)
  }
}
