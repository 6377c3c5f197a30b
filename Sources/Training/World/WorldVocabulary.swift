/// The colours that objects may have, by the word that captions use.
enum ObjectColour: String, CaseIterable {
  case red
  case green
  case blue
  case yellow
  case orange
  case purple
  case cyan
  case pink
  case brown
  case white
  case gray
  case black

  var rgb: SIMD4<Float> {
    switch self {
    case .red: SIMD4(0.82, 0.13, 0.11, 0)
    case .green: SIMD4(0.16, 0.6, 0.2, 0)
    case .blue: SIMD4(0.13, 0.26, 0.78, 0)
    case .yellow: SIMD4(0.92, 0.83, 0.18, 0)
    case .orange: SIMD4(0.93, 0.52, 0.1, 0)
    case .purple: SIMD4(0.48, 0.17, 0.62, 0)
    case .cyan: SIMD4(0.2, 0.78, 0.82, 0)
    case .pink: SIMD4(0.94, 0.55, 0.7, 0)
    case .brown: SIMD4(0.42, 0.26, 0.14, 0)
    case .white: SIMD4(0.93, 0.93, 0.92, 0)
    case .gray: SIMD4(0.5, 0.5, 0.51, 0)
    case .black: SIMD4(0.06, 0.06, 0.07, 0)
    }
  }
}

/// The outlines that objects may have.
enum ObjectShape: String, CaseIterable {
  case circle
  case square
  case triangle
  case star
  case ring
  case cross
  case diamond
  case hexagon
}

/// How an object's surface looks.
enum ObjectTexture: String, CaseIterable {
  case plain
  case striped
  case spotted
  case rough
}

/// What an object can do, in the third person as captions say it.
enum ActionVerb: String, CaseIterable {
  case stays
  case movesLeft = "moves to the left"
  case movesRight = "moves to the right"
  case movesUp = "moves up"
  case movesDown = "moves down"
  case spins
  case grows
  case shrinks
  case bounces
  case circles = "moves in a circle"
}

/// The words for a background's mean colour.
package enum WorldTone: String, CaseIterable, Sendable {
  case dark
  case gray
  case bright
  case purple
  case blue
  case green
  case pink
  case brown
  case reddish
  case yellowish

  /// Of a colour with red, green and blue 0…1.
  package init(_ mean: SIMD4<Float>) {
    let light = (mean.x + mean.y + mean.z) / 3
    let high = max(mean.x, max(mean.y, mean.z))
    let low = min(mean.x, min(mean.y, mean.z))
    guard high - low > 0.07 else {
      self = light < 0.3 ? .dark : light > 0.62 ? .bright : .gray
      return
    }
    if mean.z == high {
      self = mean.x > mean.y + 0.05 ? .purple : .blue
    } else if mean.y == high {
      self = .green
    } else if mean.z > mean.y {
      self = .pink
    } else {
      self = light < 0.4 ? .brown : mean.x - mean.y > 0.15 ? .reddish : .yellowish
    }
  }
}
