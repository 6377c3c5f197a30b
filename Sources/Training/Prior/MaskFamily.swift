import Tensors
import Tokenization

/// What people ask to be made anew; training draws its masks from these.
package enum MaskFamily: String, Sendable, CaseIterable {
  /// A box over all frames: around an object where one is known, else anywhere.
  case box
  /// Some frames, half of the time to the clip's end.
  case span
  case boxSpan = "box_span"
  case level
  /// The levels from one on upwards or downwards.
  case levels
  /// The whole clip.
  case whole
  /// Tokens here and there.
  case uniform

  static let usualShares: [String: Double] = [
    "box": 0.4, "whole": 0.25, "span": 0.1, "box_span": 0.1, "level": 0.05, "levels": 0.05,
    "uniform": 0.05,
  ]

  static func drawn(_ shares: [String: Double], _ random: inout RandomSource) -> MaskFamily {
    var rest = random.uniform() * shares.values.sorted().reduce(0, +)
    for family in allCases {
      let share = shares[family.rawValue] ?? 0
      if rest < share { return family }
      rest -= share
    }
    return allCases.last { shares[$0.rawValue] ?? 0 > 0 } ?? .whole
  }
}

/// What a caption says of one part of a clip.
package struct ClipPart: Sendable, Equatable {
  /// Where the part is seen over all frames.
  package var box: PixelBox
  /// Such as "a red circle moves to the left".
  package var phrase: String

  package init(box: PixelBox, phrase: String) {
    self.box = box
    self.phrase = phrase
  }
}

/// A region of a training clip with a sentence about it.
struct DrawnRegion {
  var region: ClipRegion
  var prompt: String
  /// Tokens here and there instead of the region.
  var isUniform = false
}

/// What regions are drawn for: a clip as it is known.
struct RegionSource {
  let frames: Int
  let size: Int
  let caption: String
  let parts: [ClipPart]
  /// What is behind the parts, such as "a dark leafy background".
  let ground: String?

  func draw(_ family: MaskFamily, levelCount: Int, _ random: inout RandomSource) -> DrawnRegion {
    var drawn = DrawnRegion(region: ClipRegion(), prompt: caption)
    switch family {
    case .whole: break
    case .uniform: drawn.isUniform = true
    case .box: drawn = box(&random)
    case .span: drawn.region.span = span(&random)
    case .boxSpan:
      drawn = box(&random)
      drawn.region.span = span(&random)
    case .level:
      if random.chance(0.5) { drawn = box(&random) }
      drawn.region.levels = [1 + random.integer(below: levelCount)]
    case .levels:
      if random.chance(0.5) { drawn = box(&random) }
      let first = 1 + random.integer(below: levelCount)
      drawn.region.levels = Set(random.chance(0.5) ? first...levelCount : 1...first)
    }
    return drawn
  }

  /// The part of an edit and what it is to show; a caption says it among other things.
  func edit(_ random: inout RandomSource) -> DrawnRegion {
    guard let part = parts.first else { return DrawnRegion(region: ClipRegion(), prompt: caption) }
    let box = part.box.dilated(
      by: random.integer(below: size / 16 + 1), width: size, height: size)
    return DrawnRegion(
      region: ClipRegion(box: box), prompt: random.chance(0.75) ? part.phrase : caption)
  }

  /// Half of the prompts about an object or the background say nothing else.
  private func box(_ random: inout RandomSource) -> DrawnRegion {
    if !parts.isEmpty, random.chance(0.7) {
      let part = random.element(of: parts)
      let box = part.box.dilated(
        by: random.integer(below: size / 8 + 1), width: size, height: size)
      return DrawnRegion(
        region: ClipRegion(box: box), prompt: random.chance(0.5) ? part.phrase : caption)
    }
    let (width, height) = (side(&random), side(&random))
    let box = PixelBox(
      x: random.integer(below: size - width + 1), y: random.integer(below: size - height + 1),
      width: width, height: height)
    let isEmpty = !parts.contains {
      $0.box.columns.overlaps(box.columns) && $0.box.rows.overlaps(box.rows)
    }
    let isAboutGround = isEmpty && random.chance(0.5)
    return DrawnRegion(
      region: ClipRegion(box: box), prompt: isAboutGround ? ground ?? caption : caption)
  }

  private func side(_ random: inout RandomSource) -> Int {
    max(1, Int(Float(size) * random.float(0.2, 0.9)))
  }

  private func span(_ random: inout RandomSource) -> Range<Int>? {
    guard frames > 1 else { return nil }
    let length = 1 + random.integer(below: max(1, frames - 1))
    let start = random.chance(0.5) ? frames - length : random.integer(below: frames - length + 1)
    return start..<start + length
  }
}
