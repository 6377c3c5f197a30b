import Tensors
import Testing

@testable import Tokenization

/// Knows one true code for each place, and is as sure of it as it is told to be.
private struct TablePredictor: TokenPredictor {
  let bits = 4
  let groupBits = 2
  var levels = [3, 2, 1]
  /// By how much the true state's logit is above the others'; with the prompt, and without.
  var sureness: Float = 50
  var silentSureness: Float = 0

  static func code(_ place: TokenPlace) -> UInt32 {
    UInt32((place.level * 7 + place.t * 5 + place.y * 3 + place.x) % 16)
  }

  func logits(_ open: TokenRows, withText: Bool, shouldStop: () -> Bool) throws -> Tensor {
    if shouldStop() { throw CancellationError() }
    var values = [Float](repeating: 0, count: open.count * 8)
    for (row, place) in open.places.enumerated() {
      let code = Self.code(place)
      for group in 0..<2 {
        let state = Int(code >> UInt32(2 - 2 * group) & 3)
        values[(row * 2 + group) * 4 + state] = withText ? sureness : silentSureness
      }
    }
    return Tensor(values, shape: [open.count, 2, 4])
  }
}

private let places = [(1, 4), (2, 2), (3, 1)].flatMap { level, side in
  (0..<side).flatMap { y in (0..<side).map { TokenPlace(level: level, t: 0, y: y, x: $0) } }
}

private func sampled(
  _ predictor: TablePredictor, _ settings: SamplingSettings
) throws -> [TokenPlace: UInt32] {
  var sampler = PriorSampler(
    places, predictor: predictor, settings: settings, random: RandomSource(seed: settings.seed))
  while !sampler.isDone { try sampler.step() }
  #expect(sampler.settled == sampler.total)
  return Dictionary(uniqueKeysWithValues: sampler.codes.map { ($0.place, $0.code) })
}

@Suite struct PriorSamplerTests {
  /// Chang et al., MaskGIT: 64 tokens in 8 passes.
  @Test func theScheduleIsThatOfMaskGIT() {
    let open = (1...8).map { MaskSchedule.open(after: $0, of: 8, total: 64) }
    #expect(open == [62, 59, 53, 45, 35, 24, 12, 0])
    #expect(MaskSchedule.passes(8, total: 3) == 3)
    #expect((1...3).map { MaskSchedule.open(after: $0, of: 3, total: 3) } == [2, 1, 0])
  }

  @Test func whatThePredictorKnowsIsDrawn() throws {
    var settings = SamplingSettings()
    settings.guidance = 0
    let codes = try sampled(TablePredictor(), settings)
    #expect(codes.count == places.count)
    for (place, code) in codes { #expect(code == TablePredictor.code(place)) }
  }

  @Test func coarseLevelsComeFirstAndSettleByTheSchedule() throws {
    var settings = SamplingSettings()
    settings.steps = 4
    var sampler = PriorSampler(
      places, predictor: TablePredictor(), settings: settings, random: RandomSource(seed: 1))
    var course: [(level: Int, settled: Int)] = []
    while let level = sampler.level {
      try sampler.step()
      course.append((level, sampler.settled))
    }
    // 2 groups of level 3, 8 of level 2, 32 of level 1.
    #expect(course.map(\.level) == [3, 3, 2, 2, 2, 2, 1, 1, 1, 1])
    #expect(course.map(\.settled) == [1, 2, 3, 5, 7, 10, 13, 20, 30, 42])
  }

  @Test func theOrderIsThePredictors() throws {
    var settings = SamplingSettings()
    settings.guidance = 0
    settings.steps = 2
    var predictor = TablePredictor()
    predictor.levels = [1, 2, 3]
    var sampler = PriorSampler(
      places, predictor: predictor, settings: settings, random: RandomSource(seed: 1))
    var levels: [Int] = []
    while let level = sampler.level {
      try sampler.step()
      levels.append(level)
    }
    #expect(levels == [1, 1, 2, 2, 3, 3])
    for (place, code) in sampler.codes { #expect(code == TablePredictor.code(place)) }
  }

  @Test func aSeedGivesTheSameTokensAndAnotherOneOthers() throws {
    var settings = SamplingSettings()
    settings.topP = 1
    let vague = TablePredictor(sureness: 0.5)
    let first = try sampled(vague, settings)
    #expect(try sampled(vague, settings) == first)
    settings.seed = 1
    #expect(try sampled(vague, settings) != first)
  }

  @Test func coldAndGuidedDrawsAreSurer() throws {
    func share(_ change: (inout SamplingSettings) -> Void) throws -> Double {
      var settings = SamplingSettings()
      settings.topP = 1
      settings.guidance = 0
      // In one pass: with more, unsure draws are thrown again.
      settings.steps = 1
      change(&settings)
      var right = 0
      for seed in 0..<20 {
        settings.seed = UInt64(seed)
        let codes = try sampled(TablePredictor(sureness: 1), settings)
        right += codes.filter { $0.value == TablePredictor.code($0.key) }.count
      }
      return Double(right) / Double(20 * places.count)
    }
    // e / (e + 3) of each group is right: 0.2259 of both.
    let usual = try share { _ in }
    #expect(abs(usual - 0.2259) < 0.08)
    #expect(try share { $0.guidance = 4 } > usual + 0.2)
    #expect(try share { $0.temperature = 0.3 } > usual + 0.2)
    #expect(try share { $0.temperature = 0 } == 1)
    #expect(try share { $0.topP = 0.4 } == 1)
  }

  @Test func aStoppedPassThrows() throws {
    var sampler = PriorSampler(
      places, predictor: TablePredictor(), settings: SamplingSettings(),
      random: RandomSource(seed: 1))
    #expect(throws: CancellationError.self) { try sampler.step(shouldStop: { true }) }
  }
}
