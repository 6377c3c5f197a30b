import TokenizerEngine
import VideoIO

/// The commands that are typed after ":"; numbers and names are given there.
package enum TypedCommand: String, CaseIterable, Sendable {
  case frame, time, speed, open, size, square, caption, theme, level, code, mute, unmute
  case loop, mark, tokenize, cancel, blitter, symbols, colours, help, quit
  case watch, compare, start, pause, resume, stop, checkpoint, lr, weight, smoothing, filter
  case prompt, box, span, levels, region, steps, temperature, topp, guidance, seed, sampling, prior
  case gallery, wipe, accept, undo, redo, export
  case flip, set, paste, write, against
  case db, search, patches

  /// What other programs call them.
  static let aliases: [String: TypedCommand] = [
    "q": .quit, "e": .open, "goto": .frame, "seek": .time, "w": .write,
  ]

  /// What is typed behind the name.
  var arguments: String {
    switch self {
    case .frame: "N | +N | -N"
    case .time: "SECONDS"
    case .speed: "0.01…16"
    case .open: "PATH"
    case .size: "N | WxH | native"
    case .square: "N"
    case .caption: "TEXT (none removes it)"
    case .theme: "NAME"
    case .level: "1…4"
    case .code: "HEX"
    case .mute: "level N | bit N"
    case .loop: "A:B | off"
    case .blitter: "NAME"
    case .symbols: "NAME"
    case .watch, .compare: "RUN"
    case .start: "PLAN"
    case .lr: "NUMBER"
    case .weight: "TERM NUMBER"
    case .smoothing: "0…0.999"
    case .filter: "WORDS"
    case .prompt: "SENTENCE"
    case .box: "x,y,w,h | off"
    case .span: "a:b | off"
    case .levels: "4,3 | all"
    case .region, .sampling: "NAME"
    case .steps: "1…256"
    case .temperature: "0…"
    case .topp: "0…1"
    case .guidance: "0…"
    case .seed: "N"
    case .prior: "FOLDER | bundled"
    case .gallery: "1…9"
    case .wipe: "0…100"
    case .export, .write: "PATH"
    case .flip: "BIT"
    case .against: "MODEL | off"
    case .set: "0x1a2b | 1a2b | 6699"
    case .db: "FILE | none"
    case .search: "WORDS | 0x1a2b | 1xx0"
    case .patches: "HEX"
    case .pause, .resume, .stop, .checkpoint, .unmute, .mark, .tokenize, .cancel, .colours, .help,
      .quit, .accept, .undo, .redo, .paste:
      ""
    }
  }

  var title: String {
    switch self {
    case .frame: "go to a frame"
    case .time: "go to a time"
    case .speed: "playback speed"
    case .open: "open a clip"
    case .size: "working size: longer side, exact, or native"
    case .square: "the largest centred square, scaled"
    case .caption: "tokenize with a caption"
    case .theme: "colours"
    case .level: "choose a level"
    case .code: "go to the next place of a code on this level"
    case .mute: "mute a level or a bit of it"
    case .unmute: "unmute everything"
    case .loop: "A–B loop over frames A to B"
    case .mark: "set or remove a mark here"
    case .tokenize: "tokenize what is missing, from here on"
    case .cancel: "cancel the running job"
    case .blitter: "how pictures are drawn"
    case .symbols: "what charts are drawn with"
    case .colours: "next colour mode"
    case .help: "keys and commands"
    case .quit: "leave"
    case .watch: "watch a run's folder"
    case .compare: "compare with a run's folder"
    case .start: "begin a run"
    case .pause: "pause the trainer"
    case .resume: "go on with a paused or ended run"
    case .stop: "stop the trainer"
    case .checkpoint: "save a checkpoint now"
    case .lr: "change the learning rate"
    case .weight: "change the weight of a loss"
    case .smoothing: "what a line keeps of itself at a step"
    case .filter: "only charts with these words"
    case .prompt: "make the region anew from a sentence"
    case .box: "the box of pixels that is made anew"
    case .span: "the frames that are made anew, from a up to and without b"
    case .levels: "the levels that are made anew"
    case .region: "a region that is often wanted"
    case .steps: "passes for each level"
    case .temperature: "1 draws as the prior believes, less what is likelier"
    case .topp: "the share of likely codes that is drawn from"
    case .guidance: "how much the sentence counts"
    case .seed: "the same seed gives the same result"
    case .sampling: "a way to draw that is often wanted"
    case .prior: "the model that makes it anew"
    case .gallery: "make it with so many seeds"
    case .wipe: "wipe at a percentage of the width"
    case .accept: "the result becomes the clip"
    case .undo: "take the last edit or accepted result back"
    case .redo: "give it again"
    case .export: "write the result: .mkv, .mp4, .gif, a folder, or .safetensors for tokens"
    case .flip: "flip a bit of the token under the cursor; 0 is the most significant"
    case .set: "set the code of the token under the cursor"
    case .db: "open an index of clips beside the clip"
    case .search: "search the index: clips by words, places by a code"
    case .patches: "gallery of the patches that a code stands for"
    case .paste: "paste the copied tokens at the cursor, or fill the box"
    case .against: "how far the tokens of another model are, such as an earlier checkpoint"
    case .write: "write the tokens as they are now: .safetensors, or decoded: .mkv, .mp4, .gif"
    }
  }
}

extension AppModel {
  /// Does what was typed; what cannot be understood is said in one line.
  package mutating func perform(typed line: String) -> [Effect] {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let name = words.first else { return [] }
    let rest = words.count > 1 ? trimmed(words[1]) : ""
    if let number = Int(name) { return go(toFrame: "\(number)") }
    let matches = TypedCommand.allCases.filter { $0.rawValue.hasPrefix(name) }
    let alias = TypedCommand.aliases[name]
    guard
      let command = TypedCommand(rawValue: name) ?? alias
        ?? (matches.count == 1 ? matches[0] : nil)
    else {
      return refuse(
        matches.isEmpty
          ? "No command \(name); ? lists them all."
          : "\(name) could be \(matches.map(\.rawValue).joined(separator: ", ")).")
    }
    return perform(command, rest)
  }

  private mutating func perform(_ command: TypedCommand, _ rest: String) -> [Effect] {
    switch command {
    case .frame: return go(toFrame: rest)
    case .time:
      guard let seconds = Double(rest) else { return refuse("time wants seconds, not “\(rest)”.") }
      seek(to: clip.frame(at: seconds))
    case .speed:
      guard let speed = Double(rest), (0.01...16).contains(speed) else {
        return refuse("speed wants a number from 0.01 to 16, not “\(rest)”.")
      }
      setSpeed(speed)
    case .open:
      guard !rest.isEmpty else { return refuse("open wants the path of a clip.") }
      let opening = open(ClipRequest(path: rest, size: request?.size ?? .longerSide(256)))
      return opening + loadModelIfNeeded()
    case .size, .square: return resize(rest, square: command == .square)
    case .caption:
      caption = rest.isEmpty || rest == "none" ? nil : rest
      return tokenize()
    case .theme: return setTheme(rest)
    case .level:
      guard let level = Int(rest), (1...4).contains(level) else {
        return refuse("level wants a number from 1 (finest) to 4, not “\(rest)”.")
      }
      setLevel(level)
    case .code: return go(toCode: rest)
    case .mute: return mute(rest)
    case .unmute: setMutes(Mutes())
    case .loop: return loop(rest)
    case .mark: toggleMark()
    case .tokenize: return tokenize()
    case .cancel: return perform(.cancelJob)
    case .blitter:
      guard let pictures = PictureMode(rawValue: rest) else {
        return refuse(
          "blitter is one of \(PictureMode.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      look.pictures = pictures
    case .symbols:
      guard let symbols = SymbolSet(rawValue: rest) else {
        return refuse(
          "symbols is one of \(SymbolSet.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      look.symbols = symbols
    case .colours: return [.nextColourMode]
    case .help: overlay = .help(filter: "", scroll: 0)
    case .quit: return quit()
    case .watch, .compare, .start, .pause, .resume, .stop, .checkpoint, .lr, .weight, .smoothing,
      .filter:
      return perform(training: command, rest)
    case .prompt, .box, .span, .levels, .region, .steps, .temperature, .topp, .guidance, .seed,
      .sampling, .prior, .gallery, .wipe, .accept, .undo, .redo, .export:
      return perform(generating: command, rest)
    case .flip, .set, .paste, .write, .against: return perform(editing: command, rest)
    case .db:
      guard !rest.isEmpty else { return refuse("db wants the file of an index, or none.") }
      return openIndex(rest == "none" ? "" : rest)
    case .search: return search(rest)
    case .patches: return showPatches(rest)
    }
    return []
  }

  private mutating func perform(editing command: TypedCommand, _ rest: String) -> [Effect] {
    switch command {
    case .set: return set(typedCode: rest)
    case .paste: return paste()
    case .against: return compareTokens(with: rest)
    case .write:
      guard !rest.isEmpty else { return refuse("write wants a path, such as new.safetensors.") }
      return write(result: nil, to: rest)
    default:
      let bits = tokens.pyramid?.bits ?? 16
      guard let bit = Int(rest), (0..<bits).contains(bit) else {
        return refuse("flip wants a bit from 0 to \(bits - 1), not “\(rest)”.")
      }
      return flip(bit: bit)
    }
  }

  mutating func refuse(_ text: String) -> [Effect] {
    say(text, isError: true)
    return []
  }

  private mutating func go(toFrame text: String) -> [Effect] {
    guard let number = Int(text.hasPrefix("+") ? String(text.dropFirst()) : text) else {
      return refuse("frame wants a number, not “\(text)”.")
    }
    let isRelative = text.hasPrefix("+") || text.hasPrefix("-")
    clip.playback.pause()
    // No clip is longer, and sums stay far from overflow.
    let bounded = min(max(number, -(1 << 40)), 1 << 40)
    let target = isRelative ? clip.playhead + bounded : bounded
    if target > clip.lastFrame { say("The last frame is \(clip.lastFrame).", isError: false) }
    seek(to: target)
    return []
  }

  private func code(hexadecimal text: String) -> UInt32? {
    UInt32(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16)
  }

  /// Of a code, or without one of that under the cursor.
  private mutating func showPatches(_ text: String) -> [Effect] {
    guard tokens.pyramid != nil else { return refuse("No codes are known yet; t finds them.") }
    if text.isEmpty {
      guard view == .tokens, let cursor = tokens.cursor(atFrame: clip.playhead),
        let code = tokens.pyramid?.code(at: cursor)
      else { return openGallery() }
      return showGallery(.code(code))
    }
    let bits = tokens.pyramid?.bits ?? 16
    guard let code = code(hexadecimal: text), bits >= 32 || code >> UInt32(bits) == 0 else {
      return refuse("patches wants a hexadecimal code of \(bits) bits, not “\(text)”.")
    }
    return showGallery(.code(code))
  }

  private mutating func go(toCode text: String) -> [Effect] {
    guard let code = code(hexadecimal: text) else {
      return refuse("code wants a hexadecimal number, not “\(text)”.")
    }
    guard let pyramid = tokens.pyramid, let grid = pyramid[level: tokens.level],
      let place = pyramid.places(of: code, level: tokens.level, limit: 1).first
    else { return refuse("Code \(text) does not occur on level \(tokens.level).") }
    tokens.row = place.row
    tokens.column = place.column
    clip.playback.pause()
    seek(to: grid.stride.frames(ofStep: place.step).lowerBound)
    view = .tokens
    return []
  }

  private mutating func mute(_ text: String) -> [Effect] {
    let words = text.split(separator: " ").map(String.init)
    let number = words.last.flatMap { Int($0) }
    if words.first == "level", let number, (1...4).contains(number) {
      toggleMute(level: number)
      return []
    }
    if words.first == "bit", let number, (0..<(tokens.pyramid?.bits ?? 16)).contains(number) {
      toggleMute(bit: number, level: tokens.level)
      return []
    }
    return refuse("mute wants “level 1…4” or “bit 0…15”, not “\(text)”.")
  }

  private mutating func loop(_ text: String) -> [Effect] {
    if text == "off" || text.isEmpty {
      clip.loop = nil
      return []
    }
    let ends = text.split(separator: ":").compactMap { Int($0) }
    guard ends.count == 2 else { return refuse("loop wants A:B in frames, or off, not “\(text)”.") }
    let inside = ends.map { min(max(0, $0), clip.lastFrame) }
    clip.loop = LoopRange(start: inside[0], end: inside[1])
    return []
  }

  /// Opens the clip again at another working size.
  private mutating func resize(_ text: String, square: Bool) -> [Effect] {
    guard var request else { return refuse("No clip is open; open one with :open PATH.") }
    let sides = text.split(separator: "x").compactMap { Int($0) }
    switch (square, sides.count) {
    case (true, 1) where sides[0] > 0: request.size = .square(sides[0])
    case (false, 1) where sides[0] > 0: request.size = .longerSide(sides[0])
    case (false, 2) where sides[0] > 0 && sides[1] > 0:
      request.size = .exactly(width: sides[0], height: sides[1])
    case (false, 0) where text == "native": request.size = .native
    default:
      return refuse(
        square ? "square wants a number of pixels." : "size wants N, WxH or native, not “\(text)”.")
    }
    return open(request)
  }

  private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
