import TokenizerEngine

extension AppModel {
  mutating func pressed(_ key: Key) -> [Effect] {
    if notice?.isError == true, !isMouseMove(key) { notice = nil }
    if case .focus = key { return [] }
    if overlay != nil { return pressedOverOverlay(key) }
    if let effects = pressedInPrompt(key) { return effects }
    if let effects = pressedInSearch(key) ?? pressedInGallery(key) { return effects }
    if case .mouse(let event) = key { return moused(event) }
    if case .named(.escape, _) = key {
      // First the bit, then the box.
      if tokens.bit == nil { tokens.editing.anchor = nil }
      tokens.bit = nil
      brush = nil
      train.charts.isAlone = false
      return []
    }
    if tokens.bit != nil, view == .tokens, let bit = movedBit(key) {
      tokens.bit = bit
      return []
    }
    guard let action = Keymap.action(for: key, on: view) else { return [] }
    return perform(action)
  }

  private func isMouseMove(_ key: Key) -> Bool {
    if case .mouse = key { return true }
    return false
  }

  package mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .showClip: view = .clip
    case .showTokens: view = .tokens
    case .showCodebook: view = .codebook
    case .showTrain: view = .train
    case .showGenerate: view = .generate
    case .playPause: playPause()
    case .frameForward: step(by: 1)
    case .frameBack: step(by: -1)
    case .jumpForward: step(by: 10)
    case .jumpBack: step(by: -10)
    case .firstFrame: seek(to: clip.playedRange.lowerBound)
    case .lastFrame: seek(to: clip.playedRange.upperBound)
    case .faster, .slower: changeSpeed(faster: action == .faster)
    case .loop: changeLoop()
    case .mark: toggleMark()
    case .nextMark: goToMark(forward: true)
    case .previousMark: goToMark(forward: false)
    case .nextPane: clip.panes = clip.panes.next(1)
    case .previousPane: clip.panes = clip.panes.next(-1)
    case .finerLevel: changeLevel(by: -1)
    case .coarserLevel: changeLevel(by: 1)
    case .cursorUp: moveCursor(rows: -1, columns: 0)
    case .cursorDown: moveCursor(rows: 1, columns: 0)
    case .cursorLeft: moveCursor(rows: 0, columns: -1)
    case .cursorRight: moveCursor(rows: 0, columns: 1)
    case .nextPlace: goToPlace(forward: true)
    case .previousPlace: goToPlace(forward: false)
    case .bitMode: tokens.bit = tokens.bit == nil ? 0 : nil
    case .muteLevel: toggleMute(level: tokens.level)
    case .muteBit: toggleMute(bit: tokens.bit ?? 0, level: tokens.level)
    case .unmuteAll: setMutes(Mutes())
    case .tokenize: return tokenize()
    case .cancelJob: return cancelJob()
    case .copy: return copied()
    case .blitter:
      look.pictures = look.pictures.next
      say("Pictures: \(look.pictures.rawValue)")
    case .colours: return [.nextColourMode]
    case .theme: return nextTheme()
    case .symbols:
      look.symbols = look.symbols.next
      say("Chart symbols: \(look.symbols.rawValue)")
    case .command: overlay = .command(CommandLine())
    case .palette: overlay = .palette(query: "", selection: 0)
    case .help: overlay = .help(filter: "", scroll: 0)
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .quit: return quit()
    case _ where action.views == [.codebook]: return perform(codebook: action)
    case _ where action.isAboutEditing: return perform(edit: action)
    case _ where action.isAboutGenerating: return perform(generate: action)
    default: return perform(train: action)
    }
    return []
  }

  mutating func quit() -> [Effect] {
    isQuitting = true
    return [.quit]
  }

  private mutating func cancelJob() -> [Effect] {
    let live = view == .generate ? generate.result.flatMap { $0.isLive ? $0.id : nil } : nil
    guard let job = live ?? shownJob?.id else {
      say("Nothing runs in the background; q quits.")
      return []
    }
    return [.submit(.cancel(job))]
  }

  private mutating func nextTheme() -> [Effect] {
    let index = look.themes.firstIndex(of: look.theme) ?? -1
    guard !look.themes.isEmpty else { return [] }
    return setTheme(look.themes[(index + 1) % look.themes.count])
  }

  mutating func setTheme(_ name: String) -> [Effect] {
    guard look.themes.contains(name) else {
      say("No theme \(name); there are \(look.themes.joined(separator: ", ")).", isError: true)
      return []
    }
    look.theme = name
    say("Theme: \(name)")
    return [.theme(name)]
  }

  private mutating func copied() -> [Effect] {
    if view == .tokens, let effects = copyTokens() { return effects }
    if view == .generate, let summary = clip.summary {
      let text = RegenerateWords.of(
        generate.result?.request
          ?? generate.request(summary, levelCount: model?.strides.count ?? 4),
        clip: summary.request,
        model: modelPath, caption: tokens.pyramid == nil ? caption : tokens.caption)
      say("Copied: \(text)")
      return [.copy(text)]
    }
    let subject = view == .train ? train.watched?.path : request?.path
    guard let subject else {
      say("There is nothing to copy yet.")
      return []
    }
    let text = "pyratok snapshot \(view.rawValue) \(ShellWord.quoted(subject))"
    say("Copied: \(text)")
    return [.copy(text)]
  }
}

extension PaneChoice {
  func next(_ offset: Int) -> PaneChoice {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + offset + all.count) % all.count]
  }
}

extension SymbolSet {
  var next: SymbolSet {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}
