import Layers
import Tensors
import Testing

@testable import Training

@Test func threeStepsOfAdamWAreThoseOfPyTorch() {
  let weight = Variable(Tensor([1, -2, 0.5], shape: [3]), requiresGradient: true)
  let optimizer = AdamW([("w", weight)])
  let gradients: [[Float]] = [[0.5, -1, 0], [0.1, 2, -0.3], [-0.2, 0.4, 0.05]]
  let expected: [[Float]] = [
    [0.898_999_99, -1.898, 0.499_500_0], [0.817_628_56, -1.932_662_8, 0.573_246_48],
    [0.782_266_2, -1.969_872_1, 0.618_899_8],
  ]
  for (gradient, after) in zip(gradients, expected) {
    weight.gradient = Tensor(gradient, shape: [3])
    optimizer.update(learningRate: 0.1)
    for (own, theirs) in zip(weight.value.values, after) { #expect(abs(own - theirs) < 2e-6) }
    #expect(weight.gradient == nil)
  }
}

@Test func parametersWithoutGradientsStayAsTheyAre() {
  let weight = Variable(Tensor([1], shape: [1]), requiresGradient: true)
  AdamW([("w", weight)]).update(learningRate: 0.1)
  #expect(weight.value.values == [1])
}

@Test func theScheduleWarmsUpHoldsAndFallsToItsFloor() {
  let schedule = LearningRateSchedule(
    peak: 2, warmUpSteps: 4, decayStart: 10, steps: 20, floor: 0.1)
  #expect(schedule.rate(at: 0) == 0.5)
  #expect(schedule.rate(at: 3) == 2)
  #expect(schedule.rate(at: 10) == 2)
  #expect(abs(schedule.rate(at: 15) - 2 * (0.1 + 0.9 * 0.5)) < 1e-12)
  #expect(abs(schedule.rate(at: 20) - 0.2) < 1e-12)
  #expect(schedule.decayed(at: 15) == 0.5)
}

@Test func longGradientsAreShortenedTogether() {
  let first = Variable(Tensor([0, 0], shape: [2]), requiresGradient: true)
  let second = Variable(Tensor(zeros: [40]), requiresGradient: true)
  first.gradient = Tensor([3, 0], shape: [2])
  second.gradient = Tensor(
    [Float](repeating: 0, count: 39) + [4], shape: [40])
  let norm = GradientClipping.globalNorm([("a", first), ("b", second)])
  #expect(norm == 5)
  #expect(GradientClipping.scale(norm: norm, limit: 1) == 0.2)
  #expect(GradientClipping.scale(norm: 0.5, limit: 1) == 1)
}

@Test func averagesForgetTheFirstStepsQuickly() {
  let weight = Variable(Tensor([0], shape: [1]), requiresGradient: true)
  let average = MovingAverage([("w", weight)], decay: 0.5)
  weight.value = Tensor([1], shape: [1])
  average.update(step: 0)
  #expect(abs(average.values[0].values[0] - 0.9) < 1e-6)
  average.update(step: 1000)
  #expect(abs(average.values[0].values[0] - 0.95) < 1e-6)
  average.whileInUse { #expect(abs(weight.value.values[0] - 0.95) < 1e-6) }
  #expect(weight.value.values == [1])
}
