import Glibc
import Tensors

/// Tells how likely the states of open tokens are, all other tokens known.
package protocol TokenPredictor {
  var bits: Int { get }
  /// Bits that are masked and drawn together.
  var groupBits: Int { get }
  /// The levels in the order in which they are to be drawn.
  var levels: [Int] { get }
  /// [rows, groups, states] before the softmax, with the prompt or without any.
  ///
  /// Throws `CancellationError` soon after `shouldStop` says so.
  func logits(_ open: TokenRows, withText: Bool, shouldStop: () -> Bool) throws -> Tensor
}

/// The cosine schedule of MaskGIT (arXiv 2202.04200): few groups settle early, many late.
package enum MaskSchedule {
  /// Passes that fill `total` groups: each settles at least one.
  package static func passes(_ steps: Int, total: Int) -> Int { min(max(1, steps), total) }

  /// How many of `total` groups are still open after pass `pass`, counted from 1, of `passes`.
  ///
  /// Formula: ⌊total · cos(π/2 · pass / passes)⌋.
  package static func open(after pass: Int, of passes: Int, total: Int) -> Int {
    guard pass < passes else { return 0 }
    let share = cos(Double.pi / 2 * Double(pass) / Double(passes))
    return min(total - pass, Int(Double(total) * share))
  }
}

/// Draws open tokens level by level in the predictor's order, each level in a few passes that settle
/// the groups of bits that are surest; equal seeds give equal tokens.
package struct PriorSampler {
  /// How much chance has a say in the order in which groups settle; it falls to nothing.
  private static let orderNoise = 2.0

  private let predictor: any TokenPredictor
  private let settings: SamplingSettings
  private var random: RandomSource
  /// Of each level that is not begun, in the order of drawing.
  private var waiting: [[TokenPlace]]
  /// Those of settled levels, then those of the level at hand.
  private var rows: TokenRows
  /// The first row of the level at hand.
  private var first = 0
  /// Of the level at hand: groups that are still masked, as row · groups + group.
  private var masked: [Int] = []
  private var pass = 0
  private var passes = 0
  /// What the last pass drew for groups that did not settle.
  private var guesses: [Int: Int] = [:]
  package private(set) var settled = 0
  /// Groups of all levels.
  package let total: Int

  /// - Parameters:
  ///   - open: the tokens to draw, in any order.
  ///   - region: what they belong to, in pixels and frames of the window.
  package init(
    _ open: [TokenPlace], region: ClipRegion? = nil, predictor: any TokenPredictor,
    settings: SamplingSettings, random: RandomSource
  ) {
    rows = TokenRows(region: region)
    self.predictor = predictor
    self.settings = settings
    self.random = random
    waiting = predictor.levels.map { level in open.filter { $0.level == level } }
      .filter { !$0.isEmpty }
    total = open.count * (predictor.bits / predictor.groupBits)
    startLevel()
  }

  private var groups: Int { predictor.bits / predictor.groupBits }

  /// The level at hand; nil when all is drawn.
  package var level: Int? { isDone ? nil : rows.places.last?.level }
  package var isDone: Bool { masked.isEmpty && waiting.isEmpty }

  /// Rows that go through the predictor until all is drawn, twice where guidance asks twice.
  ///
  /// - Parameter counts: open tokens of each level in the order of drawing.
  package static func cost(_ counts: [Int], groups: Int, settings: SamplingSettings) -> Int {
    var rows = 0
    var cost = 0
    for count in counts where count > 0 {
      rows += count
      let passes = MaskSchedule.passes(settings.steps, total: count * groups)
      for pass in 1...passes {
        cost += rows * (Self.weight(settings, pass: pass, of: passes) > 0 ? 2 : 1)
      }
    }
    return cost
  }

  private mutating func startLevel() {
    guard masked.isEmpty, !waiting.isEmpty else { return }
    let places = waiting.removeFirst()
    first = rows.count
    rows.append(
      TokenRows(
        places: places, bits: [Float](repeating: 0, count: places.count * predictor.bits)))
    masked = Array(first * groups..<rows.count * groups)
    pass = 0
    passes = MaskSchedule.passes(settings.steps, total: masked.count)
    guesses = [:]
  }

  /// One pass; returns what it cost in rows.
  @discardableResult
  package mutating func step(shouldStop: () -> Bool = { false }) throws -> Int {
    precondition(!isDone, "Everything is drawn.")
    pass += 1
    let weight = Self.weight(settings, pass: pass, of: passes)
    let told = try predictor.logits(rows, withText: true, shouldStop: shouldStop)
    let untold =
      weight > 0 ? try predictor.logits(rows, withText: false, shouldStop: shouldStop) : nil
    let draws = draw(told, untold, weight: Float(weight))
    settle(draws)
    let cost = rows.count * (weight > 0 ? 2 : 1)
    startLevel()
    return cost
  }

  /// How much the prompt counts beyond what the prior makes of it: it rises in a straight line.
  private static func weight(_ settings: SamplingSettings, pass: Int, of passes: Int) -> Double {
    passes > 1 ? settings.guidance * Double(pass - 1) / Double(passes - 1) : settings.guidance
  }

  private struct Draw {
    let group: Int
    let state: Int
    /// How sure it is, with some chance.
    let confidence: Double
  }

  private mutating func draw(_ told: Tensor, _ untold: Tensor?, weight: Float) -> [Draw] {
    let states = 1 << predictor.groupBits
    let noise = Self.orderNoise * (1 - Double(pass) / Double(passes))
    var dice = StateDice(states: states, settings: settings)
    return told.withUnsafeBuffer { told in
      masked.map { group in
        let range = group * states..<(group + 1) * states
        if let untold {
          untold.withUnsafeBuffer { untold in
            for (index, place) in range.enumerated() {
              dice.logits[index] = (1 + weight) * told[place] - weight * untold[place]
            }
          }
        } else {
          for (index, place) in range.enumerated() { dice.logits[index] = told[place] }
        }
        let (state, probability) = dice.throwOnce(&random)
        let gumbel = -log(-log(max(random.uniform(), 1e-300)))
        return Draw(
          group: group, state: state,
          confidence: log(max(probability, 1e-300)) + noise * gumbel)
      }
    }
  }

  private mutating func settle(_ draws: [Draw]) {
    let total = (rows.count - first) * groups
    let left = MaskSchedule.open(after: pass, of: passes, total: total)
    let ordered = draws.sorted {
      ($0.confidence, -$0.group) > ($1.confidence, -$1.group)
    }
    let taken = ordered.prefix(draws.count - left)
    for draw in taken { write(draw.state, into: &rows.bits, group: draw.group) }
    masked = ordered.dropFirst(taken.count).map(\.group).sorted()
    guesses = Dictionary(
      uniqueKeysWithValues: ordered.dropFirst(taken.count).map { ($0.group, $0.state) })
    settled += taken.count
  }

  private func write(_ state: Int, into bits: inout [Float], group: Int) {
    let size = predictor.groupBits
    for bit in 0..<size {
      bits[group * size + bit] = state >> (size - 1 - bit) & 1 == 1 ? 1 : -1
    }
  }

  /// The codes of all levels up to the one at hand; what has not settled is as the last pass drew it.
  package var codes: [(place: TokenPlace, code: UInt32)] {
    var bits = rows.bits
    for (group, state) in guesses { write(state, into: &bits, group: group) }
    let isDrawn = masked.isEmpty || !guesses.isEmpty
    let count = isDrawn ? rows.count : first
    let codes = bits.withUnsafeBufferPointer {
      BinaryCode.integers(
        of: UnsafeBufferPointer(rebasing: $0[0..<count * predictor.bits]), bits: predictor.bits)
    }
    return zip(rows.places, codes).map { ($0, $1) }
  }
}

/// Draws one state of many, likelier ones more often.
private struct StateDice {
  var logits: [Float]
  private var probabilities: [Double]
  private var order: [Int]
  private let settings: SamplingSettings

  init(states: Int, settings: SamplingSettings) {
    logits = [Float](repeating: 0, count: states)
    probabilities = [Double](repeating: 0, count: states)
    order = Array(0..<states)
    self.settings = settings
  }

  /// A state and its probability before the unlikely ones were left out.
  mutating func throwOnce(_ random: inout RandomSource) -> (state: Int, probability: Double) {
    let dice = random.uniform()
    let top = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
    let warmth = settings.temperature > 0 ? settings.temperature : 1
    var sum = 0.0
    for index in logits.indices {
      probabilities[index] = exp(Double(logits[index] - logits[top]) / warmth)
      sum += probabilities[index]
    }
    for index in logits.indices { probabilities[index] /= sum }
    guard settings.temperature > 0 else { return (top, probabilities[top]) }
    guard settings.topP < 1 else {
      return pick(Array(probabilities.indices), mass: 1, dice)
    }
    // Together, states below this have less than what is left out anyway.
    let least = (1 - settings.topP) / Double(logits.count)
    let ordered = order.filter { probabilities[$0] >= least }.sorted {
      (probabilities[$0], -$0) > (probabilities[$1], -$1)
    }
    var mass = 0.0
    var count = 0
    while count < ordered.count, mass < settings.topP {
      mass += probabilities[ordered[count]]
      count += 1
    }
    return pick(Array(ordered.prefix(count)), mass: mass, dice)
  }

  private func pick(
    _ states: [Int], mass: Double, _ dice: Double
  ) -> (state: Int, probability: Double) {
    var rest = dice * mass
    for state in states {
      rest -= probabilities[state]
      if rest < 0 { return (state, probabilities[state]) }
    }
    let last = states.last ?? 0
    return (last, probabilities[last])
  }
}
