import Foundation

/// What the values before the sign are like: how many the entropy term still moves, and what each
/// stage of a residual quantizer leaves.
package struct LatentStatistics: Sendable, Equatable {
  /// k of p = σ(k z), the entropy term's effective slope; nil if nobody said.
  package private(set) var slope: Double?
  package private(set) var values = 0
  /// The type of the numbers, as their program calls it; nil if nobody said.
  package var type: String?
  /// Values within 5.986/k, where p (1 − p) is above 1 % of its peak.
  package private(set) var near = 0
  /// Σ |z|.
  private var size = 0.0
  /// The first stage first; one for a quantizer without residuals.
  package private(set) var stages: [ResidualStage] = []

  /// p (1 − p) falls to 1 % of its peak at k |z| = 5.986.
  package static let reach = 5.986

  package init(slope: Double?) { self.slope = slope }

  /// As another program measured it.
  package init(slope: Double?, values: Int, inReach: Double, meanSize: Double) {
    self.slope = slope
    self.values = values
    near = Int((inReach * Double(values)).rounded())
    size = meanSize * Double(values)
  }

  package mutating func add(_ latents: [Double]) {
    let edge = slope.map { Self.reach / $0 } ?? 0
    values += latents.count
    for value in latents {
      size += abs(value)
      if abs(value) < edge { near += 1 }
    }
  }

  /// Values of which each becomes ±scale, and what that leaves.
  package mutating func add(_ latents: [Double], quantizedBy scale: Double) {
    add(latents)
    var stage = ResidualStage(scale: scale)
    for value in latents { stage.add(residual: value) }
    add(stages: [stage])
  }

  /// Stages are added one by one to those that stand here.
  package mutating func add(stages others: [ResidualStage]) {
    if stages.isEmpty { stages = others.map { ResidualStage(scale: $0.scale) } }
    guard stages.count == others.count else { return }
    for index in stages.indices { stages[index].add(others[index]) }
  }

  package mutating func add(_ other: LatentStatistics) {
    slope = slope ?? other.slope
    type = type ?? other.type
    values += other.values
    near += other.near
    size += other.size
    add(stages: other.stages)
  }

  /// Nil without values or slope.
  package var inReach: Double? {
    slope == nil || values == 0 ? nil : Double(near) / Double(values)
  }
  package var meanSize: Double? { values == 0 ? nil : size / Double(values) }
}

/// One stage of a residual quantizer: what came in, what it left.
package struct ResidualStage: Sendable, Equatable {
  /// What a bit adds or takes away.
  package let scale: Double
  package private(set) var values = 0
  private var before = 0.0
  private var after = 0.0
  private var size = 0.0
  private var toOne = 0.0

  package init(scale: Double) { self.scale = scale }

  /// As another program measured it.
  package init(scale: Double, values: Int, rmsBefore: Double, rmsAfter: Double) {
    self.scale = scale
    self.values = values
    before = rmsBefore * rmsBefore * Double(values)
    after = rmsAfter * rmsAfter * Double(values)
  }

  mutating func add(residual: Double) {
    let rest = abs(residual) - scale
    values += 1
    before += residual * residual
    after += rest * rest
    size += abs(residual)
    toOne += (abs(residual) - 1) * (abs(residual) - 1)
  }

  mutating func add(_ other: ResidualStage) {
    values += other.values
    before += other.before
    after += other.after
    size += other.size
    toOne += other.toOne
  }

  private func mean(_ sum: Double) -> Double { sum / Double(max(values, 1)) }

  package var rmsBefore: Double { mean(before).squareRoot() }
  package var rmsAfter: Double { mean(after).squareRoot() }
  /// The scale that would leave the least: the mean size of what came in.
  package var bestScale: Double { mean(size) }
  /// The mean square of residual − ±scale, the commitment that belongs to the stage.
  package var commitment: Double { mean(after) }
  /// The same against ±1 at every stage, as PyraTok's release has it.
  package var commitmentToOne: Double { mean(toOne) }
}

/// Quantizes rows stage by stage: code = signs of the residual, residual −= ±scale.
package struct ResidualLadder: Sendable, Equatable {
  package private(set) var stages: [ResidualStage] = []
  /// The codes of each stage, the first dimension at the highest bit.
  package private(set) var codes: [[UInt32]] = []
  /// What the codes stand for, row after row.
  package private(set) var sums: [Double]

  /// - Parameter rows: of `bits` values each; 0 counts as plus.
  package init(_ rows: [Double], bits: Int, scales: [Double]) {
    precondition((1...32).contains(bits) && rows.count.isMultiple(of: bits), "Rows break off.")
    var residual = rows
    sums = [Double](repeating: 0, count: rows.count)
    for scale in scales {
      var stage = ResidualStage(scale: scale)
      var codes: [UInt32] = []
      codes.reserveCapacity(rows.count / bits)
      for start in stride(from: 0, to: rows.count, by: bits) {
        var code: UInt32 = 0
        for index in start..<start + bits {
          stage.add(residual: residual[index])
          let sign = residual[index] >= 0 ? scale : -scale
          code = code << 1 | (residual[index] >= 0 ? 1 : 0)
          sums[index] += sign
          residual[index] -= sign
        }
        codes.append(code)
      }
      stages.append(stage)
      self.codes.append(codes)
    }
  }
}

/// How far what the decoder saw is from what its integers stand for.
package struct LeakCheck: Sendable, Equatable {
  package private(set) var values = 0
  package private(set) var largest = 0.0

  package init() {}

  /// As another program measured it.
  package init(values: Int, largest: Double) {
    self.values = values
    self.largest = largest
  }

  package init(seen: [Double], fromCodes: [Double]) {
    precondition(seen.count == fromCodes.count, "Both have the same number of values.")
    values = seen.count
    for (a, b) in zip(seen, fromCodes) {
      largest = max(largest, (a - b).isNaN ? .infinity : abs(a - b))
    }
  }

  package mutating func add(_ other: LeakCheck) {
    values += other.values
    largest = max(largest, other.largest)
  }
}
