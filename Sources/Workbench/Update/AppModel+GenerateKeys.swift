import TokenizerEngine

extension AppModel {
  /// Actions of the Generate screen alone.
  mutating func perform(generate action: Action) -> [Effect] {
    switch action {
    case .writePrompt: generate.prompt.isTyping = true
    case .make: return generate()
    case .makeGallery:
      generate.comparison = .gallery
      return generate(seeds: Self.gallerySeeds)
    case .anotherSeed:
      generate.settings.seed = nextSeed
      return generate()
    case .nextPart: generate.part = generate.part.next(1)
    case .previousPart: generate.part = generate.part.next(-1)
    case .partUp, .partDown, .partLeft, .partRight: return moveInPart(action)
    case .widen: moveBox(columns: 1, rows: 0, isSizing: true)
    case .narrow: moveBox(columns: -1, rows: 0, isSizing: true)
    case .heighten: moveBox(columns: 0, rows: 1, isSizing: true)
    case .lower: moveBox(columns: 0, rows: -1, isSizing: true)
    case .growBox: growBox(by: 1)
    case .shrinkBox: growBox(by: -1)
    case .moveOrSize: toggleSizing()
    case .markSpan: markSpan()
    case .regionPreset: nextRegionPreset()
    case .samplingPreset: nextSamplingPreset()
    case .toggleLevel: toggleRegionLevel(tokens.level)
    case .nextComparison: compare(generate.comparison.next(1))
    case .previousComparison: compare(generate.comparison.next(-1))
    case .wipeLeft: moveWipe(by: -0.05)
    case .wipeRight: moveWipe(by: 0.05)
    case .nextResult: showResult(by: 1)
    case .previousResult: showResult(by: -1)
    case .acceptResult: return acceptResult()
    case .undoAccept: return undoAccept(back: true)
    case .redoAccept: return undoAccept(back: false)
    case .forgetResult: return forgetResult()
    case .export: return typeExport()
    default: break
    }
    return []
  }

  /// Behind all those that this sentence was made with.
  private var nextSeed: UInt64 {
    let prompt = generate.prompt.input.text.trimmed
    let seeds = generate.results.filter { $0.request.prompt == prompt }.map(\.request.settings.seed)
    return max(generate.settings.seed, seeds.max() ?? 0) &+ 1
  }

  private mutating func moveInPart(_ action: Action) -> [Effect] {
    let (columns, rows): (Int, Int) =
      switch action {
      case .partUp: (0, -1)
      case .partDown: (0, 1)
      case .partLeft: (-1, 0)
      default: (1, 0)
      }
    switch generate.part {
    case .region:
      moveBox(columns: columns, rows: rows, isSizing: generate.region.isSizing)
    case .settings:
      if rows != 0 {
        let all = SamplingSetting.allCases
        let place = (all.firstIndex(of: generate.setting) ?? 0) + rows
        generate.setting = all[min(max(0, place), all.count - 1)]
      } else {
        generate.setting.change(&generate.settings, by: columns)
      }
    case .results: showResult(by: rows + columns)
    }
    return []
  }

  private mutating func toggleSizing() {
    generate.part = .region
    generate.region.isSizing.toggle()
    say(generate.region.isSizing ? "Arrows change the box's size" : "Arrows move the box")
  }

  private mutating func compare(_ comparison: Comparison) {
    generate.comparison = comparison
    generate.blink = Blink()
    say("Compare: \(comparison.rawValue)")
  }

  private mutating func moveWipe(by share: Double) {
    generate.comparison = .wipe
    generate.wipe = min(1, max(0, generate.wipe + share))
  }

  /// A name beside which nothing is lost; whether it is free, the disk knows.
  private mutating func typeExport() -> [Effect] {
    let name = clip.summary?.name ?? "clip"
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let number = generate.result.map { "-\($0.number)" } ?? ""
    let path = view == .tokens ? stem + ".safetensors" : "\(stem)\(number).mkv"
    overlay = .command(CommandLine(text: (view == .tokens ? "write " : "export ") + path))
    return [.findFreeName(path)]
  }

  /// Unless something else was typed meanwhile.
  mutating func propose(_ name: String, insteadOf taken: String) {
    guard case .command(let line) = overlay else { return }
    for verb in ["write ", "export "] where line.text == verb + taken {
      overlay = .command(CommandLine(text: verb + name))
    }
  }

  // MARK: - The sentence

  /// While it is typed it takes every key that it can use; nil for one that it cannot.
  mutating func pressedInPrompt(_ key: Key) -> [Effect]? {
    guard generate.prompt.isTyping, view == .generate else { return nil }
    switch key {
    case .escape, .control("c"):
      generate.prompt.isTyping = false
    case .tab, .backTab:
      generate.prompt.isTyping = false
      generate.part = .region
    case .enter:
      generate.prompt.isTyping = false
      return generate()
    case .up: recall(older: true)
    case .down: recall(older: false)
    case .mouse(let event):
      guard event.action == .press else { return nil }
      generate.prompt.isTyping = false
      return nil
    case .control("l"), .control("z"), .control("p"), .focus, .named(.pageUp, _),
      .named(.pageDown, _):
      return nil
    default: edit(key)
    }
    return []
  }

  private mutating func edit(_ key: Key) {
    _ = generate.prompt.input.take(key)
    let text = generate.prompt.input.text
    guard text.count > PromptLine.longest else { return }
    generate.prompt.input = TextInput(String(text.prefix(PromptLine.longest)))
    say("A sentence has at most \(PromptLine.longest) characters; the rest is cut.", isError: true)
  }

  private mutating func recall(older: Bool) {
    let history = generate.prompt.history
    let place = (generate.prompt.place ?? -1) + (older ? 1 : -1)
    guard place < history.count, place >= -1 else { return }
    if generate.prompt.place == nil { generate.prompt.draft = generate.prompt.input.text }
    generate.prompt.place = place < 0 ? nil : place
    generate.prompt.input = TextInput(place < 0 ? generate.prompt.draft : history[place])
  }
}

extension Action {
  /// Whether it belongs to the Generate screen alone.
  var isAboutGenerating: Bool {
    switch self {
    case .writePrompt, .make, .makeGallery, .anotherSeed, .nextPart, .previousPart, .partUp,
      .partDown, .partLeft, .partRight, .widen, .narrow, .heighten, .lower, .growBox, .shrinkBox,
      .moveOrSize, .markSpan, .regionPreset, .samplingPreset, .toggleLevel, .nextComparison,
      .previousComparison, .wipeLeft, .wipeRight, .nextResult, .previousResult, .acceptResult,
      .undoAccept, .redoAccept, .forgetResult, .export:
      true
    default: false
    }
  }
}
