import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Training

private let runsEverything = ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil

struct RunAlertTests {
  @Test(arguments: RunFault.allCases)
  func aFaultIsNamedWithinThreeWindows(_ fault: RunFault) {
    let result = RunSelfTest.failing(fault, seeds: 0..<(runsEverything ? 100 : 10))
    print(
      "\(fault.rawValue): \(fault.rule.rawValue) after at most "
        + "\(result.slowest.map(String.init) ?? "–") windows, \(result.falseAlarms) false alarms "
        + "in \(result.trials) runs")
    #expect((result.slowest ?? 100) <= 3, "\(result.windows)")
    #expect(result.falseAlarms == 0)
  }

  @Test func healthyLogsRaiseNothingAboveInfo() {
    let seeds: UInt64 = runsEverything ? 500 : 20
    let alarms = RunSelfTest.healthyAlarms(seeds: 0..<seeds)
    print("\(alarms) of \(seeds) healthy logs with an alert above info")
    #expect(alarms == 0)
  }

  @Test(.enabled(if: runsEverything, "trains for minutes: PYRATOK_ALL_TESTS=1"))
  func failingPlansAreNamed() throws {
    for plan in RunSelfTest.plans {
      let folder = try TemporaryFolder()
      let result = try RunSelfTest.train(
        plan, planPath: "\(plansFolder)/\(plan.name).json", seed: 11, folder: folder.file("run"),
        shouldStop: { false })
      for detection in result.detections {
        #expect((detection.windows ?? 100) <= 3, "\(plan.name): \(detection)")
      }
      if plan.rules.isEmpty { #expect(result.others.isEmpty, "\(result.others)") }
    }
  }

  @Test func offlineCrossingsAreTheFirstWindowsBeyondTheThreshold() throws {
    let log = (1...80).map { step in
      var run = SyntheticRun(nil, from: 0, seed: UInt64(step))
      var metrics = run.metrics(step: step)
      if step > 45 { metrics.levels[1].inReach = 0 }
      return metrics
    }
    let crossing = try #require(OfflineStatistic(.saturated).crossing(in: log))
    // Of steps 41 to 50 half are bad: 0.2 on average; the next window is the first below 0.03.
    #expect(crossing == (60, 10))
    #expect(OfflineStatistic(.collapse).crossing(in: log) == nil)
  }
}

// MARK: Each rule

private func commitments(
  _ windows: [(commitment: Double, picture: Double?)],
  _ thresholds: AlertThresholds = AlertThresholds()
) -> [Alert] {
  var watch = CommitmentWatch(thresholds: thresholds)
  for (index, window) in windows.enumerated() {
    watch.add(
      .init(step: 10 * (index + 1), commitment: window.commitment, picture: window.picture))
  }
  return watch.alerts(name: "commitment", basis: "")
}

@Test func aCommitmentThatVanishesIsACollapseOnlyIfThePictureStaysBad() {
  let before: [(Double, Double?)] = [(0.3, 0.2), (0.31, 0.2), (0.3, 0.2)]
  let gone = commitments(before + [(0.15, 0.21), (0.001, 0.22), (0.001, 0.22)])
  #expect(gone.map(\.rule) == [.quantizerLossGone] && gone.first?.severity == .error)
  #expect(gone.first?.text.contains("fell from 0.31 at step 20 to 0.001") == true)
  #expect(commitments(before + [(0.001, 0.05), (0.001, 0.05)]).isEmpty)
  #expect(commitments(before + [(0.001, nil), (0.001, nil)]).isEmpty)
  #expect(commitments(before + [(0.001, 0.2), (0.3, 0.2)]).isEmpty)
  // By degrees, over many windows, is how values come to stand on ±1.
  #expect(commitments((0..<30).map { (0.3 * pow(0.7, Double($0)), 0.2) }).isEmpty)
  // It holds till the loss is back or the picture better.
  let held = before + [(0.001, 0.2), (0.001, 0.2)]
  #expect(commitments(held + [(0.02, 0.19)]).count == 1)
  #expect(commitments(held + [(0.1, 0.19)]).isEmpty)
  #expect(commitments(held + [(0.001, 0.1)]).isEmpty)
}

@Test func aCommitmentThatRisesByHalfIsNamed() {
  let before: [(Double, Double?)] = [(9, nil), (9, nil), (0.3, nil), (0.31, nil), (0.3, nil)]
  let up = commitments(before + [(0.5, nil), (0.6, nil)])
  #expect(up.map(\.rule) == [.commitmentUp])
  #expect(up.first?.text == "commitment rose from 0.3 at step 30 to 0.6")
  #expect(commitments(before + [(0.6, nil), (0.3, nil), (0.6, nil)]).isEmpty)
  #expect(commitments(before + [(0.44, nil), (0.44, nil), (0.44, nil)]).isEmpty)
  #expect(commitments(before + [(0.5, nil), (0.6, nil), (0.4, nil)]).count == 1)
  #expect(commitments(before + [(0.5, nil), (0.6, nil), (0.32, nil)]).isEmpty)
  var strict = AlertThresholds()
  strict.commitmentRise = 1.2
  #expect(commitments(before + [(0.44, nil), (0.44, nil)], strict).count == 1)
}

private func signs(_ windows: [(entropy: Double, term: Double)]) -> Bool {
  var watch = EntropySignWatch(thresholds: AlertThresholds())
  for (index, window) in windows.enumerated() {
    watch.add(step: index, entropy: window.entropy, term: window.term)
  }
  return watch.alert(basis: "")?.rule == .entropySign
}

@Test func entropyThatFallsWithItsTermHasTheWrongSign() {
  #expect(signs([(0.9, 5), (0.95, 5), (0.8, 4), (0.5, 2)]))
  // It falls in spite of the term: a collapse, and no fault of the sign.
  #expect(!signs([(0.9, -8), (0.95, -8), (0.8, -7), (0.5, -4), (0.2, -1)]))
  #expect(!signs([(0.9, 5), (0.95, 5), (0.9, 4), (0.87, 3), (0.88, 2)]))
  #expect(!signs([(0.9, 5), (0.95, 5), (0.8, 4), (0.93, 4), (0.8, 4)]))
}

private func rates(_ rates: some Sequence<Double>) -> Alert? {
  var watch = LearningRateWatch(thresholds: AlertThresholds())
  for (step, rate) in rates.enumerated() { watch.add(step: step, rate: rate) }
  return watch.alert(name: "lr")
}

@Test func aLearningRateThatIsNoneIsNamedAndWarmUpAndDecayAreNot() {
  let stuck = rates(Array(repeating: 1e-3, count: 50) + Array(repeating: 1e-10, count: 10))
  #expect(stuck?.rule == .learningRate && stuck?.text.contains("1.0e-10") == true)
  #expect(stuck?.text.contains("since step 50") == true)
  #expect(rates(Array(repeating: 1e-3, count: 50) + Array(repeating: 0, count: 9)) == nil)
  #expect(rates(Array(repeating: 0, count: 10)) != nil)
  #expect(rates((1...60).map { 1e-12 * Double($0) }) == nil)
  #expect(rates((1...100).map { 1e-12 * Double($0) }) != nil)
  for count in [40, 1_000, 20_000] {
    let cosine = (0...count).map { 0.5e-3 * (1 + cos(Double.pi * Double($0) / Double(count))) }
    #expect(rates(cosine) == nil, "\(count)")
  }
}

@Test func usageThatFallsBehindANewTermIsItsFault() {
  func found(_ usage: [Double], mark: Int) -> Alert? {
    var watch = MarkerWatch(thresholds: AlertThresholds(), size: 1)
    for (step, value) in usage.enumerated() {
      if step == mark { watch.mark("disc_loss", step: step) }
      watch.add(value)
    }
    return watch.alert(name: "usage", level: 2, isShare: true, basis: "")
  }
  let fall = [0.8, 0.8, 0.8, 0.8, 0.5, 0.5]
  #expect(
    found(fall, mark: 4)?.text == "usage fell from 80 % to 50 % since disc_loss counts (step 4)")
  #expect(found(fall, mark: 100) == nil)
  // What was not known before, and what falls long after, says nothing about the change.
  #expect(found(fall, mark: 1) == nil)
  let late = [0.8, 0.8, 0.8] + Array(repeating: 0.8, count: 12) + [0.5, 0.5, 0.5]
  #expect(found(late, mark: 3) == nil)
  #expect(found([0.8, 0.8, 0.8, 0.68, 0.68, 0.68], mark: 3) == nil)
  #expect(found(fall + [0.75], mark: 4) == nil)
}

@Test func stagesWithoutTheQuantizerAreNotJudgedByTheirCodes() throws {
  func ids(_ rules: RunAlerts) -> [String] { rules.alerts.map(\.id) }
  for isWithout in [false, true] {
    var rules = RunAlerts(bits: 16, withoutCodes: isWithout ? ["one"] : [])
    var run = SyntheticRun(.collapse, from: 50, seed: 1)
    for step in 1...120 { rules.add(run.metrics(step: step)) }
    #expect(ids(rules).contains("COLLAPSE") == !isWithout)
  }
}

@Test func validationsSayHowManyBitsChanged() throws {
  let folder = try TemporaryFolder()
  let path = plansFolder + "/tiny.json"
  var plan = try TrainingPlan(path: path)
  plan.stages[0].steps = 4
  plan.stages[0].optimizer.decayStart = 4
  plan.validation.every = 2
  _ = try Trainer(plan: plan, planPath: path, run: folder.path, resume: false).run()
  var reader = try RunReader(path: folder.path)
  while reader.poll(views: false) {}
  let validations = reader.metrics.compactMap(\.validation)
  #expect(validations.count == 2 && validations[0].flips == nil)
  let flips = try #require(validations[1].flips)
  #expect(flips.count == plan.model.levelCount)
  #expect(flips.allSatisfy { (0...1).contains($0) } && flips.contains { $0 > 0 && $0 < 0.5 })
}
