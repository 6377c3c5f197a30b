import Glibc
import Tensors
import TokenizerEngine

/// What the workbench is started with.
package struct OpenOptions: Sendable {
  package var request: ClipRequest?
  /// The run that the Train screen opens on.
  package var run: String?
  package var model: String?
  package var caption: String?
  package var theme: String?
  /// The folder of the prior, or the name of a bundled one.
  package var prior: String?
  /// The index that is opened beside the clip.
  package var db: String?
  /// What alerts are judged by.
  package var thresholds = CodebookThresholds()
  package var colors: ColorDepth?
  package var view = ViewName.clip
  package var terminal = Terminal.Options()

  package init(request: ClipRequest? = nil) { self.request = request }
}

/// The loop: waits for keys, the engine and deadlines; updates; draws once.
package final class App {
  private let terminal: Terminal
  private let mailbox: Mailbox
  private let loadCodec: @Sendable (String?) throws -> any ClipCodec
  private var model: AppModel
  private var theme: Theme
  private var engine: Engine?
  private var follower: RunFollower?
  private var pacing = FramePacing()
  private var isThemeChosen: Bool
  private var exitCode: Int32 = 0

  /// Throws `TerminalError` where there is no full screen to be had: print a snapshot instead.
  package init(
    _ options: OpenOptions,
    loadCodec: @escaping @Sendable (String?) throws -> any ClipCodec
  ) throws {
    let description = TerminalDescription.current(colors: options.colors)
    terminal = try Terminal(description: description, options: options.terminal)
    mailbox = Mailbox(wakeUp: terminal.wakeUp)
    self.loadCodec = loadCodec
    theme = try options.theme.map { try ThemeLibrary().load($0) } ?? .dark
    isThemeChosen = options.theme != nil
    model = AppModel(size: terminal.size)
    model.view = options.view
    model.generate.prior = options.prior
    model.look.theme = theme.name
    model.look.themes = Looks.themeNames
    if !description.isUTF8 { model.look.symbols = .ascii }
    model.look.isMonochrome = description.colors == .none
    self.options = options
  }

  private let options: OpenOptions
  private let memory = PictureMemory()
  private var frameLog = FrameLog()

  private var context: DrawingContext {
    var context = DrawingContext(
      theme: theme, symbols: model.look.symbols, depth: terminal.colors)
    if model.clip.playback.isPlaying { pacing.link.limit(&context) }
    return context
  }

  /// Until the person leaves; returns the exit code.
  package func run() -> Int32 {
    _ = model.update(.clock(monotonicSeconds()))
    // Notices last from the time of the clock.
    if let line = terminal.description.notices.first {
      _ = model.update(.notice(line, isError: false))
    }
    var effects =
      options.run.map { model.watch($0, model: options.model) }
      ?? model.start(options.request, model: options.model, caption: options.caption)
    if let db = options.db { effects += model.openIndex(db) }
    // The first screen is up before anything is loaded.
    draw()
    let mailbox = mailbox
    engine = Engine(loadCodec: loadCodec, thresholds: options.thresholds) {
      mailbox.post(.engine($0))
    }
    follower = RunFollower(thresholds: options.thresholds) { mailbox.post(.run($0)) }
    perform(effects)
    while !model.isQuitting {
      let events = terminal.wait(until: nextDeadline)
      var isUrgent = update(.clock(monotonicSeconds()))
      for event in events { isUrgent = handle(event) || isUrgent }
      for message in mailbox.drain() { _ = update(message) }
      drawIfDue(isUrgent: isUrgent)
    }
    terminal.close()
    frameLog?.write()
    // Neither what was asked to be shown nor the model that was named may be missing silently.
    let isClipMissing = model.clip.summary == nil && options.run == nil
    let isMissing = isClipMissing ? model.openingFault : nil
    if exitCode == 0, let fault = isMissing ?? (options.model == nil ? nil : model.modelFault) {
      var line = "pyratok: \(fault.onOneLine)\n"
      line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      return 1
    }
    return exitCode
  }

  private var needsDraw = false
  /// Whether the screen drawn last knew how the watched run stands.
  private var isRunShown = false

  private var nextDeadline: Double? {
    let drawing = needsDraw ? pacing.earliestNextDraw : nil
    return [model.nextDeadline, drawing].compactMap { $0 }.min()
  }

  /// True when a person did it, so that it is shown at once.
  private func handle(_ event: TerminalEvent) -> Bool {
    switch event {
    case .key(let key):
      _ = update(.key(key))
      return true
    case .resized(let size):
      _ = update(.resized(size))
      return true
    case .resumed:
      needsDraw = true
      return true
    case .woken: return false
    case .endRequested(let signal):
      exitCode = 128 + signal
      model.isQuitting = true
      return true
    case .background(let color):
      guard !isThemeChosen, color.luminance > 0.4, !theme.isLight else { return false }
      perform(model.update(.theme(Theme.light.name)))
      needsDraw = true
      return true
    }
  }

  private func update(_ message: Message) -> Bool {
    if case .clock = message {
      // A frame that is due is drawn when its picture comes, so that it is one write.
      let before = model.notice
      perform(model.update(message))
      if before != model.notice { needsDraw = true }
    } else {
      perform(model.update(message))
      needsDraw = true
      // The first that is heard of a run is shown at once.
      if isRunShown, case .run = message { pacing.slowDown() }
    }
    return false
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .submit(let command): engine?.submit(command)
      case .run(let request): follower?.submit(request)
      case .quit: model.isQuitting = true
      case .suspend: kill(getpid(), SIGTSTP)
      case .repaint: terminal.redrawFromScratch()
      case .theme(let name): theme = Looks.theme(named: name) ?? theme
      case .copy(let text): terminal.copy(text)
      case .findFreeName(let name):
        if let free = FreeName.like(name) { _ = update(.freeName(free, insteadOf: name)) }
      case .nextColourMode:
        terminal.useNextColors()
        model.look.isMonochrome = terminal.colors == .none
        _ = model.update(.notice("Colours: \(terminal.colors.description)", isError: false))
      }
    }
  }

  /// Whatever a person did is shown at once; the rest at most a hundred times a second, and moving
  /// pictures only as fast as the link takes them.
  private func drawIfDue(isUrgent: Bool) {
    guard needsDraw, !model.isQuitting else { return }
    if !isUrgent {
      guard monotonicSeconds() >= pacing.earliestNextDraw else { return }
      guard terminal.isReadyForVideo else {
        pacing.postpone(now: monotonicSeconds())
        return
      }
    }
    draw()
  }

  private func draw() {
    needsDraw = false
    isRunShown = model.train.watched?.status != nil
    let statistics = terminal.show(
      AppView(model: model, context: context, memory: memory).screen(), theme: theme)
    let figures = pacing.drew(
      statistics, picture: model.clip.picture?.index, now: monotonicSeconds(),
      isPlaying: model.clip.playback.isPlaying)
    frameLog?.add(statistics, isVideo: pacing.hasNewPicture)
    if let figures {
      _ = model.update(.presented(figures))
    }
  }
}
