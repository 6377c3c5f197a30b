import Foundation
import Tensors
import Tokenization
import Training
import VideoIO

/// Measures drawing tokens anew: how long a window takes, and how soon a cancel is heeded.
struct RegenerationSpeed {
  /// Moments at which a job is told to stop.
  private static let moments = 24
  private static let prompt = "a blue square moves right over a dark leafy background."

  private let folder: PriorFolder
  private let prior: LoadedPrior
  private let codec: any ClipCodec

  /// What the weights are, for people.
  let weights: String

  /// With the bundled prior; where none for these tokens is installed, one of its shape with random
  /// weights.
  init(_ codec: any ClipCodec) throws {
    self.codec = codec
    let installed = try? PriorFolder.read(PriorLocation.find(nil))
    if let installed, installed.configuration.tokenizerSHA256 == codec.summary.sha256 {
      folder = installed
      weights = "prior “\(folder.configuration.name)”"
    } else {
      folder = Self.random(for: codec.summary)
      weights = "random weights"
    }
    prior = try LoadedPrior(folder, path: weights)
  }

  private static func random(for model: ModelSummary) -> PriorFolder {
    var configuration = PriorConfiguration()
    configuration.tokenizer = model.name
    configuration.tokenizerSHA256 = model.sha256
    configuration.bits = model.bits
    configuration.strides = model.strides.map { [$0.t, $0.y, $0.x] }
    var random = RandomSource(seed: 1)
    return PriorFolder(
      configuration: configuration,
      tensors: PriorModel(configuration, random: &random).storedWeights(as: .float32),
      vocabulary: BytePairVocabulary())
  }

  // MARK: A window

  /// 512 tokens that are drawn beside 512 kept ones, spread over all levels of 21 frames of 64x64.
  private struct Window {
    var open: [TokenPlace]
    var kept: TokenRows

    init(_ configuration: PriorConfiguration) {
      var random = RandomSource(seed: 7)
      let (geometry, size) = (configuration.geometry, [21, 64, 64])
      let windows = TokenWindow.covering(
        ClipRegion().tokens(geometry: geometry, padded: size), geometry: geometry, padded: size,
        limit: size)
      let places = windows.flatMap { window in
        (1...configuration.levelCount).flatMap { window.places(level: $0, geometry: geometry) }
      }
      let order = places.map { (place: $0, key: random.uniform()) }.sorted { $0.key < $1.key }
      let chosen = order.prefix(1024).map { $0.place }
      open = Array(chosen.prefix(512))
      let kept = Array(chosen.dropFirst(512))
      let codes = kept.map { _ in UInt32(random.integer(below: 1 << min(16, configuration.bits))) }
      self.kept = TokenRows(
        places: kept, bits: BinaryCode.signs(of: codes, bits: configuration.bits))
    }
  }

  private func draw(_ window: Window, shouldStop: () -> Bool = { false }) throws {
    let predictor = try prior.predictor(
      kept: window.kept, prompt: prior.read(Self.prompt), shouldStop: shouldStop)
    var sampler = PriorSampler(
      window.open, predictor: predictor, settings: SamplingSettings(),
      random: RandomSource(seed: 1))
    while !sampler.isDone { try sampler.step(shouldStop: shouldStop) }
  }

  /// The median of several runs, and the operations of one.
  func window(runs: Int = 7) throws -> (seconds: Double, operations: Int) {
    let configuration = folder.configuration
    let window = Window(configuration)
    try draw(window)
    let times = try (0..<runs).map { _ in
      let started = ContinuousClock.now
      try draw(window)
      return (ContinuousClock.now - started) / .seconds(1)
    }
    let counts = (1...configuration.levelCount).map { level in
      window.open.count { $0.level == level }
    }
    let operations = PriorCost(configuration).sampling(
      open: counts, kept: window.kept.count, text: prior.read(Self.prompt).ids.count + 1,
      settings: SamplingSettings())
    return (Self.median(times), operations)
  }

  /// Seconds from being told to stop to having stopped, at random moments of `seconds`.
  func samplerStops(within seconds: Double) throws -> [Double] {
    let window = Window(folder.configuration)
    var random = RandomSource(seed: 3)
    var latencies: [Double] = []
    while latencies.count < Self.moments {
      let moment = ContinuousClock.now + .seconds(seconds * random.uniform())
      do {
        try draw(window) { ContinuousClock.now >= moment }
      } catch is CancellationError {
        latencies.append((ContinuousClock.now - moment) / .seconds(1))
      }
    }
    return latencies
  }

  // MARK: A whole job

  /// Seconds from a cancel to the event that answers it, at random moments of a whole job on 17
  /// frames of 128x128: tokenizing, drawing, previews, decoding.
  func jobStops() throws -> [Double] {
    let path = NSTemporaryDirectory() + "/pyratok-bench-regenerate-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let clips = try SampleMaker(seed: 1, count: 2, frames: 17, size: 128).write(to: path)
    let probe = JobProbe(codec: codec, prior: prior)
    let requests = clips.map { ClipRequest(path: $0.path, size: .native) }
    let whole = probe.run(requests[0], cancelAfter: nil).seconds
    var random = RandomSource(seed: 4)
    var latencies: [Double] = []
    var turn = 0
    while latencies.count < Self.moments {
      // Another clip each time, so that every job tokenizes first.
      turn += 1
      let after = whole * random.uniform()
      if let latency = probe.run(requests[turn % 2], cancelAfter: after).latency {
        latencies.append(latency)
      }
    }
    return latencies
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
}

/// Runs jobs on an engine of its own and cancels them.
private final class JobProbe {
  private let engine: Engine
  private let answers = Answers()
  private var number = 1

  init(codec: any ClipCodec, prior: any TokenPrior) {
    // Nobody else uses it while the engine is at work.
    nonisolated(unsafe) let codec = codec
    // As above.
    nonisolated(unsafe) let prior = prior
    engine = Engine(
      loadCodec: { _ in codec }, loadPrior: { _ in prior },
      post: { [answers] event in
        switch event {
        case .finished(let job): answers.note(job, isCancelled: false)
        case .failed(let job, _): answers.note(job, isCancelled: false)
        case .cancelled(let job): answers.note(job, isCancelled: true)
        default: break
        }
      })
  }

  /// How long a job took, or how long it went on when it was cancelled; nil if that came too late.
  func run(_ clip: ClipRequest, cancelAfter delay: Double?) -> (seconds: Double, latency: Double?) {
    number += 1
    let job = JobID(number)
    let request = RegenerationRequest(
      prompt: "a blue square",
      region: ClipRegion(box: PixelBox(x: 32, y: 32, width: 64, height: 64))
    )
    let started = ContinuousClock.now
    engine.submit(.regenerate(request, clip: clip, job: job))
    var cancelled: ContinuousClock.Instant?
    if let delay, !answers.wait(for: job, atMost: delay) {
      cancelled = .now
      engine.submit(.cancel(job))
    }
    _ = answers.wait(for: job, atMost: 600)
    let end = answers.end(of: job)
    let latency = cancelled.flatMap { moment in
      end.isCancelled ? (end.time - moment) / .seconds(1) : nil
    }
    return ((end.time - started) / .seconds(1), latency)
  }

  /// When jobs ended.
  // Unchecked: the condition guards the only state.
  private final class Answers: @unchecked Sendable {
    private let condition = NSCondition()
    private var ends: [JobID: (time: ContinuousClock.Instant, isCancelled: Bool)] = [:]

    func note(_ job: JobID, isCancelled: Bool) {
      condition.lock()
      ends[job] = (.now, isCancelled)
      condition.broadcast()
      condition.unlock()
    }

    /// False if it did not end in that time.
    func wait(for job: JobID, atMost seconds: Double) -> Bool {
      condition.lock()
      defer { condition.unlock() }
      let limit = Date().addingTimeInterval(seconds)
      while ends[job] == nil {
        guard condition.wait(until: limit) else { return false }
      }
      return true
    }

    func end(of job: JobID) -> (time: ContinuousClock.Instant, isCancelled: Bool) {
      condition.lock()
      defer { condition.unlock() }
      return ends[job] ?? (.now, false)
    }
  }
}

extension SpeedTest {
  /// Drawing tokens anew, and how soon that stops when it is told to.
  package func regeneration(_ codec: any ClipCodec) throws -> [SpeedResult] {
    let speed = try RegenerationSpeed(codec)
    let (seconds, operations) = try speed.window()
    return [
      share(
        of: operations, in: seconds, name: "regenerate 512 of 1024 tokens, \(speed.weights)"),
      SpeedResult(
        name: "the same job, counted from its shapes", count: (Double(operations) / 1e9, "GFLOP")),
    ] + stops(try speed.samplerStops(within: seconds), of: "drawing")
      + stops(try speed.jobStops(), of: "a job on 17 frames of 128x128")
  }

  private func stops(_ latencies: [Double], of what: String) -> [SpeedResult] {
    let count = latencies.count
    return [
      SpeedResult(
        name: "cancel of \(what), median of \(count)",
        milliseconds: RegenerationSpeed.median(latencies) * 1000),
      SpeedResult(
        name: "cancel of \(what), slowest of \(count)",
        milliseconds: (latencies.max() ?? .nan) * 1000),
    ]
  }
}
