import Glibc
import Tensors
import Tokenization

/// A clip's tokens of which some are masked: one question to the prior, and its answers.
struct MaskedClip {
  var example: PriorModel.Example
  /// The level whose tokens are asked for.
  let level: Int
  /// Open rows with a masked group, and of each which groups are masked and the true states of all.
  private(set) var asked: [Asked] = []

  struct Asked: Equatable {
    let row: Int
    var isMasked: [Bool]
    let states: [Int]
  }

  /// Each level's bits [t · h · w · B] as ±1.
  typealias Levels = [[Float]]

  /// A region as it is when one of its levels is drawn; nil where it holds no token.
  ///
  /// Levels that are drawn before it are settled, the level at hand is masked in part, later ones are
  /// not there yet.
  ///
  /// - Parameter keeping: the clip that all kept tokens come from, if it is another.
  init?(
    _ levels: Levels, keeping: Levels? = nil, padded: [Int], drawn: DrawnRegion, prompt: [Int],
    flips: Float,
    configuration: PriorConfiguration, random: inout RandomSource
  ) {
    let geometry = configuration.geometry
    let open: [[Bool]]
    let hidden: [[Bool]]
    if drawn.isUniform {
      let share = cosf(random.float(0, 1) * Float.pi / 2)
      open = geometry.grids(padded: padded).map { grid in
        (0..<grid.reduce(1, *)).map { _ in random.chance(share) }
      }
      hidden = open.map { $0.map { _ in false } }
    } else {
      open = drawn.region.tokens(geometry: geometry, padded: padded)
      hidden = drawn.region.straddling(geometry: geometry, padded: padded)
    }
    let choices = open.indices.filter { open[$0].contains(true) }
    guard let index = Self.level(of: choices, configuration.order, &random) else { return nil }
    level = index + 1
    let region = drawn.isUniform ? nil : drawn.region
    example = PriorModel.Example(
      kept: TokenRows(), open: TokenRows(region: region), prompt: prompt)
    let noise = Noise(share: random.chance(0.5) ? random.float(0, flips) : 0)
    for level in configuration.levels {
      add(
        level, levels[level - 1], keeping: (keeping ?? levels)[level - 1], open: open[level - 1],
        hidden: hidden[level - 1],
        grid: geometry.grid(level: level, padded: padded), noise, configuration, &random)
    }
    mask(configuration, &random)
  }

  /// Fine levels have more tokens to learn from, coarse ones are cheaper; what is drawn first has
  /// nothing but the sentence to go by, and the others follow it.
  private static func level(
    of choices: [Int], _ order: LevelOrder, _ random: inout RandomSource
  ) -> Int? {
    let shares: [Float] = order == .fineToCoarse ? [0.7, 0.15, 0.1, 0.05] : [0.35, 0.25, 0.2, 0.2]
    var rest = random.float(0, choices.reduce(0) { $0 + shares[$1] })
    for choice in choices {
      if rest < shares[choice] { return choice }
      rest -= shares[choice]
    }
    return choices.last
  }

  /// What is seen is sometimes wrong.
  private struct Noise {
    let share: Float

    func disturbed(_ code: ArraySlice<Float>, _ random: inout RandomSource) -> [Float] {
      guard share > 0 else { return Array(code) }
      return code.map { random.chance(share) ? -$0 : $0 }
    }
  }

  private mutating func add(
    _ level: Int, _ codes: [Float], keeping: [Float], open: [Bool], hidden: [Bool], grid: [Int],
    _ noise: Noise,
    _ configuration: PriorConfiguration, _ random: inout RandomSource
  ) {
    let bits = configuration.bits
    let isLater = configuration.order == .coarseToFine ? level < self.level : level > self.level
    for index in open.indices where !hidden[index] && !(open[index] && isLater) {
      let place = TokenPlace(
        level: level, t: index / (grid[1] * grid[2]), y: index / grid[2] % grid[1],
        x: index % grid[2])
      let code = codes[index * bits..<(index + 1) * bits]
      if open[index] {
        if level == self.level {
          asked.append(
            Asked(
              row: example.open.count,
              isMasked: [Bool](repeating: false, count: configuration.groups),
              states: configuration.states(of: code)))
          example.open.bits += code
        } else {
          example.open.bits += noise.disturbed(code, &random)
        }
        example.open.places.append(place)
      } else {
        example.kept.places.append(place)
        let kept = keeping[index * bits..<(index + 1) * bits]
        example.kept.bits += noise.disturbed(kept, &random)
      }
    }
  }

  /// Masks so many groups of the level at hand as the cosine schedule has at a random moment; every
  /// sixth time all of them.
  private mutating func mask(
    _ configuration: PriorConfiguration, _ random: inout RandomSource
  ) {
    let groups = configuration.groups
    let all = asked.count * groups
    let share = random.chance(1 / 6) ? 1 : cosf(random.float(0, 1) * Float.pi / 2)
    var order = Array(0..<all)
    order.shuffle(using: &random)
    for place in order.prefix(max(1, Int(share * Float(all)))) {
      let (index, group) = (place / groups, place % groups)
      asked[index].isMasked[group] = true
      let first = asked[index].row * configuration.bits + group * configuration.groupBits
      for bit in first..<first + configuration.groupBits { example.open.bits[bit] = 0 }
    }
    asked.removeAll { !$0.isMasked.contains(true) }
  }
}

extension PriorConfiguration {
  /// The state of each group of a code of ±1 bits.
  package func states(of code: ArraySlice<Float>) -> [Int] {
    (0..<groups).map { group in
      let first = code.startIndex + group * groupBits
      return code[first..<first + groupBits].reduce(0) { $0 << 1 | ($1 >= 0 ? 1 : 0) }
    }
  }
}
