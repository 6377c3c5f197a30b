import TokenizerEngine

extension AppModel {
  /// Help, palette and command line take every key while they are up.
  mutating func pressedOverOverlay(_ key: Key) -> [Effect] {
    switch key {
    case .control("c"), .escape:
      overlay = nil
      return []
    case .control("z"): return [.suspend]
    case .control("l"): return [.repaint]
    case .mouse(let event):
      if event.action == .press { overlay = nil }
      return []
    default: break
    }
    switch overlay {
    case .help(let filter, let scroll): pressedInHelp(key, filter: filter, scroll: scroll)
    case .palette(let query, let selection):
      return pressedInPalette(key, query: query, selection: selection)
    case .command(let line): return pressedInCommand(key, line)
    case nil: break
    }
    return []
  }

  private mutating func pressedInHelp(_ key: Key, filter: String, scroll: Int) {
    switch key {
    case .up: overlay = .help(filter: filter, scroll: max(0, scroll - 1))
    case .down: overlay = .help(filter: filter, scroll: scroll + 1)
    case .pageUp: overlay = .help(filter: filter, scroll: max(0, scroll - 10))
    case .pageDown: overlay = .help(filter: filter, scroll: scroll + 10)
    case .enter: overlay = nil
    case .character("?") where filter.isEmpty, .character("q") where filter.isEmpty: overlay = nil
    default:
      if let text = edited(filter, key) { overlay = .help(filter: text, scroll: 0) }
    }
  }

  private mutating func pressedInPalette(_ key: Key, query: String, selection: Int) -> [Effect] {
    let entries = PaletteEntry.matching(query, in: self)
    switch key {
    case .up, .control("p"), .backTab:
      overlay = .palette(query: query, selection: max(0, min(selection, entries.count) - 1))
    case .down, .control("n"), .tab:
      overlay = .palette(query: query, selection: min(selection + 1, max(0, entries.count - 1)))
    case .enter:
      overlay = nil
      guard entries.indices.contains(selection) else { return [] }
      switch entries[selection].target {
      case .action(let action): return perform(action)
      case .typed(let command):
        if command.arguments.isEmpty { return perform(typed: command.rawValue) }
        overlay = .command(CommandLine(text: command.rawValue + " "))
      case .theme(let name): return setTheme(name)
      }
    default:
      if let text = edited(query, key) { overlay = .palette(query: text, selection: 0) }
    }
    return []
  }

  private mutating func pressedInCommand(_ key: Key, _ line: CommandLine) -> [Effect] {
    let completions = Completion.of(line.text, in: self)
    switch key {
    case .enter:
      overlay = nil
      return perform(typed: line.text)
    case .tab, .down, .backTab, .up:
      guard !completions.isEmpty else { return [] }
      if completions.count == 1 {
        overlay = .command(CommandLine(text: completions[0].text))
        return []
      }
      let isForward = key == .tab || key == .down
      let last = completions.count - 1
      let next =
        line.selection.map { isForward ? ($0 == last ? 0 : $0 + 1) : ($0 == 0 ? last : $0 - 1) }
      overlay = .command(CommandLine(text: line.text, selection: next ?? (isForward ? 0 : last)))
    case .right:
      guard let selection = line.selection, completions.indices.contains(selection) else {
        return []
      }
      overlay = .command(CommandLine(text: completions[selection].text))
    case .space where line.selection != nil:
      let selection = min(line.selection ?? 0, completions.count - 1)
      overlay = .command(CommandLine(text: completions[selection].text))
    case .backspace where line.text.isEmpty: overlay = nil
    default:
      if let text = edited(line.text, key) { overlay = .command(CommandLine(text: text)) }
    }
    return []
  }

  /// The text after a typing key, or nil for any other.
  private func edited(_ text: String, _ key: Key) -> String? {
    switch key {
    case .character(let character): text + String(character)
    case .paste(let pasted): text + pasted.split(separator: "\n").joined(separator: " ")
    case .backspace: String(text.dropLast())
    case .control("u"): ""
    case .control("w"):
      String(
        text.reversed().drop { $0 == " " }.drop { $0 != " " }.reversed())
    default: nil
    }
  }
}

/// One line of the palette.
package struct PaletteEntry: Equatable, Sendable {
  package enum Target: Equatable, Sendable {
    case action(Action)
    case typed(TypedCommand)
    case theme(String)
  }

  package var title: String
  package var keys: String
  package var target: Target

  /// What contains every word of the query, in any order.
  package static func matching(_ query: String, in model: AppModel) -> [PaletteEntry] {
    let words = query.lowercased().split(separator: " ")
    return all(model).filter { entry in
      let text = "\(entry.title) \(entry.keys)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  private static func all(_ model: AppModel) -> [PaletteEntry] {
    let actions = Action.allCases.filter { $0.views?.contains(model.view) ?? true }
      .map { PaletteEntry(title: $0.title, keys: $0.keys, target: .action($0)) }
    let typed = TypedCommand.allCases.filter { !$0.arguments.isEmpty }
      .map {
        PaletteEntry(
          title: "\($0.title): \($0.rawValue) \($0.arguments)", keys: ":\($0.rawValue)",
          target: .typed($0))
      }
    let themes = model.look.themes.map {
      PaletteEntry(title: "theme \($0)", keys: "", target: .theme($0))
    }
    return actions + typed + themes
  }
}

/// What the command line may be completed to.
package struct Completion: Equatable, Sendable {
  package var text: String
  package var detail: String

  package static func of(_ line: String, in model: AppModel) -> [Completion] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count > 1, let command = TypedCommand(rawValue: words[0]) else {
      return TypedCommand.allCases.filter { $0.rawValue.hasPrefix(line) }.map {
        Completion(
          text: $0.rawValue + ($0.arguments.isEmpty ? "" : " "),
          detail: $0.arguments.isEmpty ? $0.title : "\($0.arguments): \($0.title)")
      }
    }
    let typed = words.dropFirst().joined(separator: " ")
    return values(of: command, in: model).filter { $0.hasPrefix(typed) }
      .map { Completion(text: "\(words[0]) \($0)", detail: command.title) }
  }

  private static func values(of command: TypedCommand, in model: AppModel) -> [String] {
    switch command {
    case .theme: model.look.themes
    case .blitter: PictureMode.allCases.map(\.rawValue)
    case .symbols: SymbolSet.allCases.map(\.rawValue)
    case .level: ["1", "2", "3", "4"]
    case .size: ["128", "256", "384", "native"]
    case .square: ["64", "128", "256"]
    case .speed: Playback.speeds.map { Numbers.short($0) }
    case .mute: ["level ", "bit "]
    case .loop: ["off"]
    case .start: model.train.plans
    case .watch, .compare: model.train.list.map(\.path)
    case .weight: (model.train.watched?.history.terms ?? []).map { $0 + " " }
    case .region: RegionPreset.allCases.map(\.rawValue)
    case .sampling: SamplingPreset.allCases.map(\.rawValue)
    case .prompt: model.generate.prompt.history
    case .box, .span: ["off"]
    case .levels: ["all", "4,3", "2,1"]
    case .gallery: ["4", "6", "9"]
    case .prior: ["bundled"]
    case .smoothing: ChartControls.smoothings.map { Numbers.short(Double($0)) }
    default: []
    }
  }
}
