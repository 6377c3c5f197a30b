import Tensors
import Tokenization

/// Draws the tokens of a region anew, pass by pass; decoding is for others.
package final class Regeneration {
  package let request: RegenerationRequest
  package let source: RegenerationSource
  package let reading: PromptReading
  /// For each level and token whether it is made anew, level 1 first.
  package let open: [[Bool]]
  /// The source's tokens, as far as they are settled with new ones in their places.
  package private(set) var tokens: ClipTokens
  private let prior: any TokenPrior
  private let shouldStop: () -> Bool
  /// Kept, but not shown to the prior.
  private let hidden: [[Bool]]
  private var isSettled: [[Bool]]
  private var work: [Work]
  private var sampler: PriorSampler?
  private var random: RandomSource
  private let started = ContinuousClock.now
  private var settledBefore = 0
  private let total: Int
  private var costDone = 0
  private let costTotal: Int

  /// A window with the tokens that are drawn in it.
  private struct Work {
    let window: TokenWindow
    let places: [TokenPlace]
  }

  package static let longestPrompt = 10_000

  /// Throws one line for whatever cannot be done.
  package init(
    _ request: RegenerationRequest, of source: RegenerationSource, prior: any TokenPrior,
    model: ModelSummary, shouldStop: @escaping () -> Bool = { false }
  ) throws {
    try Self.check(request, source, model)
    try prior.check(model)
    self.request = request
    self.source = source
    self.prior = prior
    self.shouldStop = shouldStop
    reading = prior.read(request.prompt)
    tokens = source.tokens
    let (geometry, padded) = (tokens.geometry, tokens.padded)
    let region = request.region.withPadding(padded, of: tokens.clip)
    let open = region.tokens(geometry: geometry, padded: padded)
    self.open = open
    hidden = region.straddling(geometry: geometry, padded: padded)
    guard open.contains(where: { $0.contains(true) }) else {
      let levels = (request.region.levels ?? []).sorted().map(String.init)
      throw RegenerationError.badRegion(
        reason: "no token of level \(levels.joined(separator: ", ")) lies half inside it; make it "
          + "larger or choose finer levels")
    }
    isSettled = open.map { $0.map { !$0 } }
    work = Self.work(open, geometry: geometry, padded: padded, limit: prior.window)
    guard work.reduce(0, { $0 + $1.places.count }) == open.reduce(0, { $0 + $1.count { $0 } })
    else {
      throw RegenerationError.badRegion(
        reason: "the prior sees \(prior.window[0]) frame(s) at once, too few for moving pictures")
    }
    random = RandomSource(seed: request.settings.seed)
    let groups = max(1, model.bits / prior.groupBits)
    total = open.reduce(0) { $0 + $1.count { $0 } } * groups
    costTotal = work.reduce(0) { cost, work in
      let counts = prior.levels.map { level in work.places.count { $0.level == level } }
      return cost + PriorSampler.cost(counts, groups: groups, settings: request.settings)
    }
  }

  /// Why a prompt cannot be used; nil if it can.
  package static func problem(ofPrompt prompt: String) -> String? {
    guard prompt.contains(where: { !$0.isWhitespace }) else {
      return "it is empty; say what the region should show, as in “a blue square”"
    }
    let bytes = prompt.utf8.count
    return bytes <= longestPrompt
      ? nil : "it has \(bytes) bytes, and \(longestPrompt) are the most"
  }

  private static func check(
    _ request: RegenerationRequest, _ source: RegenerationSource, _ model: ModelSummary
  ) throws {
    let tokens = source.tokens
    if let problem = problem(ofPrompt: request.prompt) {
      throw RegenerationError.badPrompt(reason: problem)
    }
    if let problem = request.settings.problem {
      throw RegenerationError.badSettings(reason: problem)
    }
    if let problem = request.region.problem(
      frames: tokens.frames, width: tokens.width, height: tokens.height,
      levelCount: tokens.grids.count)
    {
      throw RegenerationError.badRegion(reason: problem)
    }
    guard tokens.bits == model.bits, tokens.strides == model.strides.map({ [$0.t, $0.y, $0.x] }),
      tokens.modelSHA256 == model.sha256
    else {
      throw RegenerationError.otherTokens(
        reason: "they were made with the model \(tokens.model) (\(tokens.modelSHA256.prefix(12))), "
          + "and the loaded one is \(model.name) (\(model.sha256.prefix(12)))")
    }
  }

  /// Each open token is drawn in the first window that holds it.
  private static func work(
    _ open: [[Bool]], geometry: TokenGeometry, padded: [Int], limit: [Int]
  ) -> [Work] {
    let windows = TokenWindow.covering(open, geometry: geometry, padded: padded, limit: limit)
    var left = open
    return windows.compactMap { window in
      var places: [TokenPlace] = []
      for level in (1...open.count).reversed() {
        let grid = geometry.grid(level: level, padded: padded)
        for place in window.places(level: level, geometry: geometry) {
          let index = (place.t * grid[1] + place.y) * grid[2] + place.x
          guard left[level - 1][index] else { continue }
          left[level - 1][index] = false
          places.append(place)
        }
      }
      return places.isEmpty ? nil : Work(window: window, places: places)
    }
  }

  package var isDone: Bool { work.isEmpty }

  /// One pass; where things stand then, or nil when all was drawn before.
  ///
  /// Throws `CancellationError` soon after it was told to stop.
  package func pass() throws -> RegenerationProgress? {
    guard let current = work.first else { return nil }
    if shouldStop() { throw CancellationError() }
    var sampler = try self.sampler ?? begin(current)
    let level = sampler.level ?? 1
    costDone += try sampler.step(shouldStop: shouldStop)
    let settled = settledBefore + sampler.settled
    if sampler.isDone {
      put(sampler.codes, of: current, into: &tokens)
      for place in current.places { isSettled[place.level - 1][index(of: place)] = true }
      settledBefore = settled
      work.removeFirst()
      self.sampler = nil
    } else {
      self.sampler = sampler
    }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    return RegenerationProgress(
      level: level, settled: settled, total: total, seconds: seconds,
      secondsLeft: seconds * Double(costTotal - costDone) / Double(max(1, costDone)))
  }

  private func begin(_ work: Work) throws -> PriorSampler {
    let predictor = try prior.predictor(
      kept: kept(in: work.window), prompt: reading, shouldStop: shouldStop)
    return PriorSampler(
      work.places.compactMap { work.window.place($0, geometry: tokens.geometry) },
      region: request.region.withPadding(tokens.padded, of: tokens.clip).seen(in: work.window),
      predictor: predictor, settings: request.settings, random: random.split())
  }

  /// What the prior sees before anything is drawn: the settled tokens of a window.
  private func kept(in window: TokenWindow) -> TokenRows {
    let geometry = tokens.geometry
    var rows = TokenRows()
    for level in (1...open.count).reversed() {
      var codes: [UInt32] = []
      for place in window.places(level: level, geometry: geometry) {
        let index = index(of: place)
        guard isSettled[level - 1][index], !hidden[level - 1][index],
          let shown = window.place(place, geometry: geometry)
        else { continue }
        rows.places.append(shown)
        codes.append(tokens.grids[level - 1].codes[index])
      }
      rows.bits += BinaryCode.signs(of: codes, bits: tokens.bits)
    }
    return rows
  }

  private func index(of place: TokenPlace) -> Int {
    let grid = tokens.grids[place.level - 1]
    return (place.t * grid.h + place.y) * grid.w + place.x
  }

  private func put(
    _ codes: [(place: TokenPlace, code: UInt32)], of work: Work, into tokens: inout ClipTokens
  ) {
    let stride = tokens.strides
    for (place, code) in codes {
      let stride = stride[place.level - 1]
      let origin = work.window.origin
      tokens.grids[place.level - 1][
        place.t + origin[0] / stride[0], place.y + origin[1] / stride[1],
        place.x + origin[2] / stride[2]] = code
    }
  }

  /// All that is drawn so far, and for each level and token whether there is nothing to show yet.
  package func preview() -> (tokens: ClipTokens, hidden: [[Bool]]) {
    var tokens = self.tokens
    var hidden = isSettled.map { $0.map { !$0 } }
    guard let current = work.first, let sampler else { return (tokens, hidden) }
    let codes = sampler.codes
    put(codes, of: current, into: &tokens)
    let shown = Set(codes.map(\.place))
    for place in current.places {
      guard let inside = current.window.place(place, geometry: tokens.geometry) else { continue }
      if shown.contains(inside) { hidden[place.level - 1][index(of: place)] = false }
    }
    return (tokens, hidden)
  }

  /// Decodes what was drawn; it stops when the drawing is to stop.
  func decoding(isWhole: Bool, codec: any ClipCodec) -> RegenerationDecoding {
    RegenerationDecoding(
      tokens, of: source, open: open, region: request.region, isWhole: isWhole, codec: codec,
      shouldStop: shouldStop)
  }

  /// Tokens made anew, and those of them that are others now; level 1 first.
  package var counts: (redrawn: [Int], changed: [Int]) {
    let redrawn = open.map { $0.count { $0 } }
    guard source.realFrames > 0 else { return (redrawn, redrawn) }
    let changed = zip(tokens.grids, source.tokens.grids).map { new, old in
      zip(new.codes, old.codes).count { $0 != $1 }
    }
    return (redrawn, changed)
  }
}
