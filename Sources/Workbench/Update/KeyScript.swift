/// One line's worth of a script.
package enum ScriptStep: Equatable, Sendable {
  case key(Key)
  /// Lets the clock go on, in seconds.
  case wait(Double)
}

/// Keys written down: `2 } } right m`, `ctrl-p`, `:frame 12` as a whole line, `wait 0.5`.
package enum KeyScript {
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let word: String

    package var description: String {
      "Script line \(line): “\(word)” is no key; write characters, names like tab, esc, pgdn, "
        + "ctrl-p, “wait SECONDS”, or a whole line that starts with “:”."
    }
  }

  package static func parse(_ text: String) throws(Mistake) -> [ScriptStep] {
    var steps: [ScriptStep] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      if first.hasPrefix(":"), first.count > 1 {
        let typed = line.drop { $0 == " " || $0 == "\t" }
        steps += typed.filter { $0 != "\r" }.map { .key(.character($0)) } + [.key(.enter)]
        continue
      }
      if first == "wait", words.count == 2, let seconds = Double(words[1]) {
        steps.append(.wait(seconds))
        continue
      }
      for word in words {
        guard let key = key(String(word)) else {
          throw Mistake(line: index + 1, word: String(word))
        }
        steps.append(.key(key))
      }
    }
    return steps
  }

  private static func key(_ word: String) -> Key? {
    if word.count == 1, let character = word.first { return .character(character) }
    if word.hasPrefix("ctrl-"), word.count == 6, let last = word.last { return .control(last) }
    return names[word.lowercased()]
  }

  private static let names: [String: Key] = [
    "space": .space, "tab": .tab, "s-tab": .backTab, "enter": .enter, "esc": .escape,
    "up": .up, "down": .down, "left": .left, "right": .right, "home": .home, "end": .end,
    "s-up": .named(.up, .shift), "s-down": .named(.down, .shift),
    "s-left": .named(.left, .shift), "s-right": .named(.right, .shift),
    "pgup": .pageUp, "pgdn": .pageDown, "backspace": .backspace, "delete": .delete,
  ]
}
