/// One colour for every role.
package struct Theme: Hashable, Sendable {
  package let name: String
  /// In the order of `ThemeRole.ordered`.
  let colors: [RGB]

  init(name: String, colors: [RGB]) {
    precondition(
      colors.count == ThemeRole.ordered.count,
      "A theme has \(ThemeRole.ordered.count) colours, not \(colors.count).")
    self.name = name
    self.colors = colors
  }

  package subscript(role: ThemeRole) -> RGB { colors[role.index] }

  /// Whether dark text stands on a light background.
  package var isLight: Bool { self[.background].luminance > 0.4 }

  /// The colour as red, green and blue; the default becomes `standard`.
  package func rgb(_ color: Color, standard: ThemeRole) -> RGB {
    switch color.kind {
    case .standard: self[standard]
    case .role(let role): self[role]
    case .palette(let index): Palette256.colors[Int(index)]
    case .rgb(let color): color
    }
  }

  package func gradient(_ ramp: Ramp) -> Gradient {
    switch ramp {
    case .usage: Gradient(stops: [self[.usageStart], self[.usageMiddle], self[.usageEnd]])
    case .activity:
      Gradient(stops: [self[.activityStart], self[.activityMiddle], self[.activityEnd]])
    case .difference:
      Gradient(stops: [self[.differenceStart], self[.differenceMiddle], self[.differenceEnd]])
    }
  }

  /// The ramps of a theme, each from three of its roles.
  package enum Ramp: Hashable, Sendable {
    case usage
    case activity
    case difference
  }
}
