/// One thing a person did: a key, the mouse, a paste, a change of focus.
package enum Key: Hashable, Sendable {
  /// A printable character, with shift already in it.
  case character(Character)
  /// Control and a lower-case letter.
  case control(Character)
  /// Alt (or Escape at once followed by) a character.
  case alt(Character)
  /// F1 is 1.
  case function(Int)
  case named(NamedKey, Modifiers)
  case mouse(MouseEvent)
  /// Text put in at once, with line ends as newlines.
  case paste(String)
  /// The terminal window got or lost the keyboard.
  case focus(Bool)

  package enum NamedKey: String, Hashable, Sendable, CaseIterable {
    case up
    case down
    case left
    case right
    case home
    case end
    case pageUp = "page up"
    case pageDown = "page down"
    case insert
    case delete
    case backspace
    case enter
    case tab
    case escape
  }

  package struct Modifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let shift = Modifiers(rawValue: 1)
    package static let alt = Modifiers(rawValue: 2)
    package static let control = Modifiers(rawValue: 4)
  }

  package static let up = Key.named(.up, [])
  package static let down = Key.named(.down, [])
  package static let left = Key.named(.left, [])
  package static let right = Key.named(.right, [])
  package static let home = Key.named(.home, [])
  package static let end = Key.named(.end, [])
  package static let pageUp = Key.named(.pageUp, [])
  package static let pageDown = Key.named(.pageDown, [])
  package static let insert = Key.named(.insert, [])
  package static let delete = Key.named(.delete, [])
  package static let backspace = Key.named(.backspace, [])
  package static let enter = Key.named(.enter, [])
  package static let tab = Key.named(.tab, [])
  package static let backTab = Key.named(.tab, .shift)
  package static let escape = Key.named(.escape, [])
  package static let space = Key.character(" ")
}

/// What the mouse did, and in which cell of the screen.
package struct MouseEvent: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case press
    case drag
    case release
    case wheelUp
    case wheelDown
  }

  package enum Button: Hashable, Sendable {
    case left
    case middle
    case right
    case none
  }

  package let action: Action
  package let button: Button
  package let x: Int
  package let y: Int
  package let modifiers: Key.Modifiers

  package init(
    _ action: Action, _ button: Button = .left, x: Int, y: Int, modifiers: Key.Modifiers = []
  ) {
    self.action = action
    self.button = button
    self.x = x
    self.y = y
    self.modifiers = modifiers
  }
}
