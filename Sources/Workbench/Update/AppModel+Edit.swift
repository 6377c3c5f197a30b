import TokenizerEngine

extension AppModel {
  /// Actions that change tokens, or show what a change would do.
  mutating func perform(edit action: Action) -> [Effect] {
    switch action {
    case .flipBit: return flipBit()
    case .setCode: return typeCode()
    case .chooseBox: toggleBox()
    case .pasteTokens: return paste()
    case .towardsCopy: return walk(by: 1)
    case .awayFromCopy: return walk(by: -1)
    case .explainBits: toggleExplaining()
    default: break
    }
    return []
  }

  // MARK: - Changing

  /// Asks for an edit; `words` stand before what it did.
  private mutating func edit(_ edit: TokenEdit, words: String = "") -> [Effect] {
    if jobs.contains(where: { $0.kind == .tokenizing }) {
      return refuse(EditError.busy.description)
    }
    let id = JobID(nextJob)
    nextJob += 1
    tokens.editing.asked[id] = words
    return [.submit(.edit(edit, job: id))]
  }

  /// The token under the cursor and its code; says why there is none.
  private mutating func tokenToChange() -> (position: TokenPosition, code: UInt32)? {
    guard let pyramid = tokens.pyramid, let cursor = tokens.cursor(atFrame: clip.playhead) else {
      _ = refuse(EditError.noTokens.description)
      return nil
    }
    guard let code = pyramid.code(at: cursor) else {
      let isRunning = jobs.contains { $0.kind == .tokenizing }
      _ = refuse((isRunning ? EditError.busy : EditError.unknown(cursor)).description)
      return nil
    }
    return (cursor, code)
  }

  private mutating func flipBit() -> [Effect] {
    guard let bit = tokens.bit else {
      say("First the bit: Tab and the arrows choose one, f flips it.")
      return []
    }
    return flip(bit: bit)
  }

  mutating func flip(bit: Int) -> [Effect] {
    guard let (position, _) = tokenToChange() else { return [] }
    tokens.editing.walk = nil
    return edit(.flip(bit: bit, at: position))
  }

  private mutating func typeCode() -> [Effect] {
    guard tokenToChange() != nil else { return [] }
    overlay = .command(CommandLine(text: "set "))
    return []
  }

  mutating func set(typedCode text: String) -> [Effect] {
    guard let (position, _) = tokenToChange() else { return [] }
    let bits = tokens.pyramid?.bits ?? 16
    guard let code = TypedCode.parse(text) else {
      return refuse("set wants a code such as 0x1a2b, 1a2b or 6699, not “\(text)”.")
    }
    guard code >> UInt32(bits) == 0 else {
      return refuse(EditError.tooLarge(code: code, bits: bits).description)
    }
    tokens.editing.walk = nil
    return edit(.set(code: code, at: position))
  }

  // MARK: - Copying

  /// What is chosen: the box, or the token under the cursor.
  var chosenTokens: TokenBox? {
    guard let cursor = tokens.cursor(atFrame: clip.playhead) else { return nil }
    guard let anchor = tokens.editing.anchor, anchor.level == cursor.level else {
      return TokenBox(cursor, cursor)
    }
    return TokenBox(anchor, cursor)
  }

  private mutating func toggleBox() {
    if tokens.editing.anchor != nil {
      tokens.editing.anchor = nil
      say("No box.")
    } else if let (position, _) = tokenToChange() {
      tokens.editing.anchor = position
      say("A box from here: arrows and , . make it larger, y copies it, p pastes into it.")
    }
  }

  /// Takes the chosen tokens along, and gives their codes to the terminal.
  mutating func copyTokens() -> [Effect]? {
    guard let pyramid = tokens.pyramid, let box = chosenTokens,
      pyramid.code(at: TokenPosition(box)) != nil
    else { return nil }
    guard let block = pyramid.block(box) else {
      return refuse("Not all steps of this box are tokenized yet; t finds the rest.")
    }
    tokens.editing.copied = block
    tokens.editing.walk = nil
    tokens.editing.anchor = nil
    let names = block.codes.map { Numbers.hexadecimal($0, bits: block.bits) }
    if names.count == 1 {
      say("Copied code \(names[0]); p puts it at another place, i goes there bit by bit.")
    } else {
      say(
        "Copied \(names.count) tokens of level \(block.level), \(EditWords.size(block)); "
          + "p pastes them.")
    }
    let rows = stride(from: 0, to: names.count, by: block.columns).map { first in
      names[first..<first + block.columns].joined(separator: " ")
    }
    return [.copy(rows.joined(separator: "\n"))]
  }

  mutating func paste() -> [Effect] {
    guard let block = tokens.editing.copied else {
      return refuse("Nothing is copied yet: y copies a token, or the box that v began.")
    }
    guard let (position, _) = tokenToChange(), let box = chosenTokens else { return [] }
    let bits = tokens.pyramid?.bits ?? 16
    guard block.bits == bits else {
      return refuse(EditError.otherBits(block: block.bits, clip: bits).description)
    }
    tokens.editing.walk = nil
    guard tokens.editing.anchor != nil else { return edit(.paste(block, at: position)) }
    tokens.editing.anchor = nil
    // One token fills a box, more are laid at its first corner.
    let pasted =
      block.codes.count > 1
      ? block
      : TokenBlock(
        level: block.level, bits: bits, steps: box.steps.count, rows: box.rows.count,
        columns: box.columns.count,
        codes: [UInt32](repeating: block.codes[0], count: box.count))
    return edit(.paste(pasted, at: TokenPosition(box)))
  }

  /// One differing bit nearer to the copied code, or back.
  private mutating func walk(by offset: Int) -> [Effect] {
    guard let (position, code) = tokenToChange(), let pyramid = tokens.pyramid else { return [] }
    guard let block = tokens.editing.copied, let goal = block.codes.first else {
      return refuse("Copy the code to go to first: y on another token.")
    }
    guard block.bits == pyramid.bits else {
      return refuse(EditError.otherBits(block: block.bits, clip: pyramid.bits).description)
    }
    let known = tokens.editing.walk.flatMap { $0.position == position ? $0 : nil }
    var walk = known ?? CodeWalk(at: position, from: code, to: goal, bits: pyramid.bits)
    let name = EditWords.code(goal, bits: pyramid.bits)
    guard walk.path.indices.contains(walk.index + offset) else {
      say(offset > 0 ? "This is the copied code \(name)." : "This is where the walk began.")
      return []
    }
    let bit = walk.bits[offset > 0 ? walk.index : walk.index - 1]
    walk.index += offset
    let words = "\(walk.index) of \(walk.bits.count) bits to \(name): bit \(bit), "
    let effects = edit(.set(code: walk.path[walk.index], at: position), words: words)
    if !effects.isEmpty { tokens.editing.walk = walk }
    return effects
  }

  // MARK: - Hearing

  mutating func edited(_ report: EditReport, job: JobID) {
    guard let words = tokens.editing.asked.removeValue(forKey: job) else { return }
    tokens.editing.names[job] = EditWords.name(report)
    say(words + EditWords.of(report) + (report.changed > 0 ? " · u takes it back" : ""))
  }

  /// True if the job was an edit.
  mutating func editFailed(_ job: JobID, reason: String) -> Bool {
    guard tokens.editing.asked.removeValue(forKey: job) != nil else { return false }
    tokens.editing.walk = nil
    say(reason, isError: true)
    return true
  }

  /// After a step of the working tokens, forth or back.
  mutating func workingTokensMoved(isBack: Bool, job: JobID) {
    tokens.editing.changes += 1
    if isBack { tokens.editing.undone.insert(job) }
    guard isBack || tokens.editing.undone.remove(job) != nil else { return }
    tokens.editing.walk = nil
    guard let name = tokens.editing.names[job] else { return }
    say(
      isBack ? "Taken back: \(name) · ctrl-r gives it again" : "Again: \(name) · u takes it back")
  }

  // MARK: - What bits do

  private mutating func toggleExplaining() {
    tokens.editing.isExplaining.toggle()
    tokens.editing.effects = nil
    say(
      tokens.editing.isExplaining
        ? "What a bit does here: how the picture changes when it is flipped; Tab chooses a bit."
        : "The reconstruction again.")
  }

  mutating func happened(_ effect: BitEffect, job: JobID) {
    guard tokens.editing.effects?.job == job else { return }
    tokens.editing.effects?.bits[effect.bit] = effect
  }

  /// What the engine should do while the cursor rests on a token: look what its bits do, or get
  /// ready to change it.
  mutating func wantsForEditing() -> [Effect] {
    let frame = clip.playhead
    guard view == .tokens, !clip.playback.isPlaying,
      !jobs.contains(where: { $0.kind == .tokenizing }), let pyramid = tokens.pyramid,
      pyramid.isKnown(frame: frame), let cursor = tokens.cursor(atFrame: frame)
    else { return [] }
    if tokens.editing.isExplaining {
      let shown = tokens.editing.effects
      if let shown, shown.position == cursor, shown.frame == frame,
        shown.changes == tokens.editing.changes
      {
        return []
      }
      let id = JobID(nextJob)
      nextJob += 1
      tokens.editing.effects = TokenEffects(
        position: cursor, frame: frame, changes: tokens.editing.changes, job: id)
      return [.submit(.explain(cursor, frame: frame, bit: tokens.bit ?? 0, job: id))]
    }
    let chunk = ReadiedChunk(chunk: ChunkSchedule.chunk(ofFrame: frame), caption: tokens.caption)
    guard tokens.editing.readied != chunk else { return [] }
    tokens.editing.readied = chunk
    return [.submit(.ready(frame: frame, job: .readying))]
  }
}

extension TokenPosition {
  /// The first corner of a box.
  init(_ box: TokenBox) {
    self.init(
      level: box.level, step: box.steps.lowerBound, row: box.rows.lowerBound,
      column: box.columns.lowerBound)
  }
}

extension Action {
  /// Whether it changes tokens on the Tokens screen, or shows what a change would do.
  var isAboutEditing: Bool {
    switch self {
    case .flipBit, .setCode, .chooseBox, .pasteTokens, .towardsCopy, .awayFromCopy, .explainBits:
      true
    default: false
    }
  }
}
