import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Tokenization
@testable import Training

/// Captions as the text encoder gives them; the second one is shorter.
private func context(_ embedding: Variable) -> TextContext {
  var mask = Tensor(repeating: 1, shape: Array(embedding.shape[..<2]))
  mask[1, 2] = 0
  return TextContext(embedding: embedding, mask: mask)
}

@Suite struct TextTermTests {
  private static let shape = [3, 2, 2, 2, 4]

  private static func tokenText(_ seed: UInt64 = 1) -> TokenTextAlignment {
    var source = RandomSource(seed: seed)
    return TokenTextAlignment(textWidth: 6, bits: 4, levels: 1, from: &source)
  }

  private static func codeText() -> CodewordTextAlignment {
    var source = RandomSource(seed: 2)
    return CodewordTextAlignment(textWidth: 6, bits: 4, from: &source)
  }

  @Test func equalCaptionsTellNothing() {
    let same = Variable(Tensor(repeating: 0.5, shape: [3, 3, 6]))
    let z = Variable(Tensor.random(Self.shape))
    let value = Self.tokenText()([z], text: context(same), slope: 6).value.scalar
    // Clips still differ in how well anything fits them.
    #expect(value > logf(3) - 1e-4 && value < logf(3) + 1e-2)
  }

  @Test func equalCodesTellNothing() {
    let words = Variable(Tensor.random([3, 3, 6], seed: 4))
    let codes = Variable(Tensor(repeating: 1, shape: Self.shape))
    // Each caption has 8 of 24 equal tokens as its own.
    let value = Self.codeText()([codes], text: context(words)).value.scalar
    #expect(abs(value - logf(24)) < 1e-4)
  }

  @Test func paddingIsNoWord() {
    let words = Tensor.random([3, 3, 6], seed: 4)
    var other = words
    for channel in 0..<6 { other[1, 2, channel] += 3 }
    let z = Variable(Tensor.random(Self.shape))
    func value(_ words: Tensor) -> Float {
      Self.tokenText()([z], text: context(Variable(words)), slope: 6).value.scalar
    }
    #expect(value(words) == value(other))
  }

  @Test func textTermsHaveTheirGradientsAndLeaveTheTextAlone() {
    let words = Variable(Tensor.random([3, 3, 6], seed: 4), requiresGradient: true)
    let z = Tensor.random(Self.shape, seed: 5)
    expectGradient(at: [z], step: 1e-2, tolerance: 1e-2) {
      Self.tokenText()([$0[0]], text: context(words), slope: 2)
    }
    expectGradient(at: [z], step: 3e-3) { Self.codeText()([$0[0]], text: context(words)) }
    #expect(words.gradient == nil)
  }

  @Test func textTermsTeachTheirMaps() {
    let words = Variable(Tensor.random([3, 3, 6], seed: 4))
    let z = Variable(Tensor.random(Self.shape, seed: 5))
    let terms: [(layer: any Layer, value: () -> Variable)] = {
      let (token, code) = (Self.tokenText(), Self.codeText())
      return [
        (token, { token([z], text: context(words), slope: 6) }),
        (code, { code([z], text: context(words)) }),
      ]
    }()
    for (layer, value) in terms {
      let optimizer = AdamW(layer.parameters)
      let first = value().value.scalar
      for _ in 0..<40 {
        value().backward()
        optimizer.update(learningRate: 0.02)
      }
      #expect(value().value.scalar < 0.8 * first)
    }
  }
}

@Suite struct AutoregressiveTests {
  private static var configuration: TokenizerConfiguration {
    var configuration = TokenizerConfiguration()
    configuration.bits = 8
    configuration.textWidth = 6
    return configuration
  }

  private static let plan = AutoregressivePlan(
    width: 16, layers: 1, heads: 2, tokenBudget: 16, groupBits: 4)

  private static func transformer() -> AutoregressiveTransformer {
    var source = RandomSource(seed: 6)
    return AutoregressiveTransformer(plan, model: configuration, from: &source)
  }

  /// Four levels of random signs.
  private static func codes(seed: UInt64) -> [Variable] {
    [[2, 3, 2, 2, 8], [2, 2, 2, 2, 8], [2, 2, 1, 1, 8], [2, 1, 1, 1, 8]].enumerated().map {
      Variable(Tensor.random($1, seed: seed + UInt64($0))).signStraightThrough()
    }
  }

  @Test func atFirstEveryCodeIsAsLikelyAsAnother() {
    var random = RandomSource(seed: 1)
    let words = Variable(Tensor.random([2, 3, 6], seed: 4))
    let value = Self.transformer().loss(
      Self.codes(seed: 1), text: context(words), random: &random)
    #expect(abs(value.value.scalar - 8 * logf(2)) < 0.1)
  }

  /// A code changes the predictions behind it and none before it, nor its own.
  @Test func whatIsPredictedIsNotSeen() {
    let transformer = Self.transformer()
    let words = Variable(Tensor.random([2, 3, 6], seed: 4))
    func logits(_ codes: [Variable]) -> Tensor {
      var random = RandomSource(seed: 1)
      return transformer.predictions(codes, text: context(words), random: &random).logits.value
        .reshaped([2, 32, 16])
    }
    var codes = Self.codes(seed: 1)
    let before = logits(codes)
    // The first of level 3's two tokens, number 14 of the sequence's sixteen.
    var changed = codes[2].value
    for clip in 0..<2 {
      for bit in 0..<8 { changed[clip, 0, 0, 0, bit] *= -1 }
    }
    codes[2] = Variable(changed)
    let after = logits(codes)
    expectClose(after.sliced(1, 0..<28), before.sliced(1, 0..<28), within: 0)
    #expect(after.sliced(1, 28..<32).largestDifference(from: before.sliced(1, 28..<32)) > 1e-3)
  }

  /// Codes that repeat those of the level before are learnt from them.
  @Test func whatComesBeforeIsUsed() {
    let transformer = Self.transformer()
    let optimizer = AdamW(transformer.parameters)
    var random = RandomSource(seed: 1)
    var last: Float = 0
    for step in 0..<150 {
      // One code for the whole clip.
      let code = Tensor.random([2, 1, 1, 1, 8], seed: UInt64(step + 1))
      let codes = Self.codes(seed: 1).map { level in
        let count = level.shape[1...3].reduce(1, *)
        let rows = (0..<2).flatMap { clip in [Int](repeating: clip, count: count) }
        return Variable(code).reshaped([2, 8]).gatheredRows(rows).reshaped(level.shape)
          .signStraightThrough()
      }
      let loss = transformer.loss(codes, text: nil, random: &random)
      last = loss.value.scalar
      loss.backward()
      optimizer.update(learningRate: 0.01)
    }
    #expect(last < 0.75 * 8 * logf(2))
  }

  @Test func theGradientReachesCodesAndText() {
    let words = Variable(Tensor.random([2, 3, 6], seed: 4), requiresGradient: true)
    let z = Variable(Tensor.random([2, 3, 2, 2, 8]), requiresGradient: true)
    var random = RandomSource(seed: 1)
    let codes = [z.signStraightThrough()] + Self.codes(seed: 3).dropFirst()
    Self.transformer().loss(codes, text: context(words), random: &random).backward()
    #expect(z.gradient?.values.contains { $0 != 0 } == true)
    #expect(words.gradient?.values.contains { $0 != 0 } == true)
  }

  @Test func theBudgetIsSharedAndSmallLevelsStayWhole() {
    var random = RandomSource(seed: 1)
    let sequence = TokenSequence(
      grids: [[5, 8, 8], [3, 8, 8], [3, 4, 4], [3, 2, 2]], budget: 256, random: &random)
    #expect(sequence.places.map(\.count) == [98, 98, 48, 12])
    #expect(sequence.places.allSatisfy { $0 == $0.sorted() && Set($0).count == $0.count })
    #expect(sequence.places[0].last ?? 0 < 320)
    let whole = TokenSequence(grids: [[1, 2, 2], [1, 1, 1]], budget: 99, random: &random)
    #expect(whole.elements.map(\.place) == [nil, 0, 1, 2, 3, nil, 0])
    #expect(whole.elements.map(\.level) == [0, 0, 0, 0, 0, 1, 1])
    #expect(
      whole.features(of: whole.elements[1]).count == TokenSequence.featureCount(levels: 2))
  }
}
