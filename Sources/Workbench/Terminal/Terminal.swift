import CTerminal
import Glibc

/// The terminal at hand: shows screens, each with one write, and waits for what people do.
///
/// Created and used on the main thread. Whatever ends the process, the terminal is put back as it
/// was: see `CTerminal`'s guard.
package final class Terminal {
  package struct Options: Sendable {
    /// Whether frames are marked as such (mode 2026), so that none is seen half-drawn.
    package var synchronizes = true
    package var usesMouse = true
    /// Whether the terminal is asked for its background colour after the first frame.
    package var asksForBackground = true
    /// Whether stdout and stderr are kept off the screen until the end.
    package var capturesOutput = true
    package var input: Int32 = 0
    package var output: Int32 = 1
    /// Off to draw as where ncurses refuses our description, for xterm's.
    var usesOwnDescription = true

    package init() {}
  }

  package let description: TerminalDescription
  package let wakeUp = WakeUp()
  package private(set) var size: Size
  package private(set) var lastFrame = FrameStatistics()
  /// How many colours are used; at first what the terminal shows.
  package private(set) var colors: ColorDepth

  private let options: Options
  private let input: Int32
  private let output: Int32
  private let ncurses: NcursesScreen
  private var encoder = FrameEncoder()
  private var pens = PenBox()
  private var mixer: InkMixer
  private var decoder: InputDecoder
  private var prefix: String
  private var isOpen = true
  private var questionTime: Double?
  private var hasAsked = false

  /// Takes the terminal over; the first frame switches it to the full screen.
  package init(
    description: TerminalDescription, options: Options = Options()
  ) throws(TerminalError) {
    guard description.canMoveCursor else { throw .plainText("it cannot move the cursor") }
    input = ct_duplicate(options.input)
    output = ct_duplicate(options.output)
    guard input >= 0, output >= 0, isatty(input) == 1, isatty(output) == 1 else {
      throw .plainText("the input or the output is not a terminal")
    }
    size = Self.size(of: output)
    self.description = description
    self.options = options
    colors = description.colors
    mixer = InkMixer(theme: .dark, depth: description.colors)
    decoder = InputDecoder(keys: description.keys)
    guard
      let ncurses = NcursesScreen(
        description: description, size: size, usesOwnDescription: options.usesOwnDescription)
    else { throw .plainText("ncurses cannot drive it") }
    self.ncurses = ncurses
    encoder.erasesWithBackground = description.erasesWithBackground
    prefix = Modes.enter(description, usesMouse: options.usesMouse)
    let restore = Array(Modes.leave(description).utf8)
    let isGuarded = restore.withUnsafeBytes {
      ct_guard_install(
        output, wakeUp.descriptor, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard isGuarded, ct_guard_enter() else { throw .plainText("its settings cannot be changed") }
    if options.capturesOutput { _ = ct_guard_capture() }
    ct_answer_soon()
  }

  deinit { close() }

  /// Gives the terminal back; a second call does nothing.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    waitForReplies()
    fflush(nil)
    ct_guard_leave()
    ct_guard_remove()
    ncurses.close()
    Glibc.close(input)
    Glibc.close(output)
  }

  // MARK: - Showing

  /// Shows a screen; writes only what changed, at once, and nothing if nothing did.
  @discardableResult
  package func show(_ screen: Screen, theme: Theme) -> FrameStatistics {
    guard isOpen else { return FrameStatistics() }
    let start = monotonicSeconds()
    let isRecolored = theme != mixer.theme || colors != mixer.depth
    if isRecolored { mixer = InkMixer(theme: theme, depth: colors) }
    encoder.clearOutput()
    if options.synchronizes { encoder.append(Modes.beginFrame) }
    encoder.append(prefix)
    let empty = encoder.output.count - prefix.utf8.count
    ncurses.update(screen, mixer: &mixer, pens: &pens, isRecolored: isRecolored)
    ncurses.withComposedBytes { encoder.translate($0, pens: pens) }
    prefix = ""
    guard encoder.output.count > empty else {
      lastFrame = FrameStatistics(seconds: monotonicSeconds() - start)
      return lastFrame
    }
    if options.synchronizes { encoder.append(Modes.endFrame) }
    if !hasAsked, options.asksForBackground, description.isXtermLike {
      hasAsked = true
      questionTime = start
      encoder.append(Modes.question)
    }
    let composed = monotonicSeconds()
    let writes = write(encoder.output)
    let end = monotonicSeconds()
    lastFrame = FrameStatistics(
      bytes: encoder.output.count, writes: writes, seconds: end - start,
      secondsWriting: end - composed, end: end)
    return lastFrame
  }

  /// Whether the link has room for another frame of video; keys and panels are drawn regardless.
  ///
  /// No while bytes wait in the terminal's queue, nor until writing has taken no more than three
  /// fifths of the time since the last frame began.
  package var isReadyForVideo: Bool {
    var poller = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
    guard poll(&poller, 1, 0) == 1, ct_output_queue(output) == 0 else { return false }
    return monotonicSeconds() >= lastFrame.end + lastFrame.secondsWriting * 2 / 3
  }

  /// Paints everything anew at the next `show`, as ^L asks.
  package func redrawFromScratch() {
    ncurses.repaint()
    encoder.forget()
  }

  /// Goes on to fewer colours, and from none back to truecolor.
  package func useNextColors() {
    colors = ColorDepth(rawValue: colors.rawValue - 1) ?? .truecolor
  }

  /// Puts text on the clipboard of the person's own machine (OSC 52), with the next frame.
  package func copy(_ text: String) {
    guard description.isXtermLike, text.utf8.count <= 75_000 else { return }
    prefix += "\u{1b}]52;c;\(Base64.encode(text.utf8))\u{1b}\\"
  }

  /// How long a terminal may take nothing before the frame is given up.
  private static let patienceInSeconds = 5.0

  private func write(_ bytes: [UInt8]) -> Int {
    var writes = 0
    var end = monotonicSeconds() + Self.patienceInSeconds
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          output, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          writes += 1
          rest = rest.dropFirst(written)
          end = monotonicSeconds() + Self.patienceInSeconds
        } else if errno == EAGAIN {
          var poller = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
          poll(&poller, 1, 100)
          if monotonicSeconds() >= end { break }
        } else if errno != EINTR {
          break
        }
      }
      // What is shown now is unknown; the sequence cut in two is called off (CAN).
      if !rest.isEmpty {
        redrawFromScratch()
        prefix = "\u{18}" + prefix
      }
    }
    return writes
  }

  // MARK: - Waiting

  /// Sleeps until something happens or the deadline (`monotonicSeconds`) is there.
  package func wait(until deadline: Double? = nil) -> [TerminalEvent] {
    guard isOpen else { return [.endRequested(SIGHUP)] }
    var pollers = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let patience = decoder.patience.map { monotonicSeconds() + $0 }
    let end = [deadline, patience].compactMap { $0 }.min()
    let timeout = end.map {
      Int32(min(max(0, ($0 - monotonicSeconds()) * 1_000), 1e9).rounded(.up))
    }
    poll(&pollers, 2, timeout ?? -1)

    var events: [TerminalEvent] = []
    if pollers[1].revents != 0 {
      wakeUp.clear()
      events += takeSignals()
    }
    if pollers[0].revents != 0 {
      events += readInput()
    } else if let patience, monotonicSeconds() >= patience {
      events += take(decoder.flush())
    }
    let current = Self.size(of: output)
    if current != size {
      size = current
      ncurses.resize(size)
      encoder.forget()
      events.append(.resized(size))
    }
    return events
  }

  private func takeSignals() -> [TerminalEvent] {
    let signals = ct_guard_take_signals()
    var events: [TerminalEvent] = []
    for signal in [SIGINT, SIGTERM, SIGHUP] where signals & 1 << UInt64(signal) != 0 {
      events.append(.endRequested(signal))
    }
    if signals & 1 << UInt64(SIGTSTP) != 0 {
      suspend()
      events.append(.resumed)
    } else if signals & 1 << UInt64(SIGCONT) != 0 {
      enterAgain()
      events.append(.resumed)
    }
    if signals == 0 { events.append(.woken) }
    return events
  }

  private func readInput() -> [TerminalEvent] {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
    if count > 0 { return take(decoder.feed(buffer.prefix(count))) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : [.endRequested(SIGHUP)]
  }

  private func take(_ items: [InputDecoder.Item]) -> [TerminalEvent] {
    var events: [TerminalEvent] = []
    for item in items {
      switch item {
      case .key(.control("z")):
        suspend()
        events.append(.resumed)
      case .key(let key): events.append(.key(key))
      case .reply(.background(let color)): events.append(.background(color))
      case .reply(.fence): questionTime = nil
      }
    }
    return events
  }

  /// Late answers must not reach the shell as typed text.
  private func waitForReplies() {
    guard let asked = questionTime, monotonicSeconds() - asked < 0.5 else { return }
    let end = monotonicSeconds() + 0.1
    while questionTime != nil, monotonicSeconds() < end {
      var poller = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 20) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      if decoder.feed(buffer.prefix(count)).contains(.reply(.fence)) { questionTime = nil }
    }
  }

  // MARK: - Stopping and going on

  /// Gives the terminal to the shell and stops the job, as ^Z does; returns when it goes on.
  private func suspend() {
    fflush(nil)
    ct_guard_leave()
    ct_guard_stop_job()
    // The signal that woke us is not to wake us twice.
    _ = ct_guard_take_signals()
    enterAgain()
    if options.capturesOutput { _ = ct_guard_capture() }
  }

  private func enterAgain() {
    _ = ct_guard_enter()
    prefix = Modes.enter(description, usesMouse: options.usesMouse)
    redrawFromScratch()
  }

  private static func size(of terminal: Int32) -> Size {
    var columns: Int32 = 80
    var rows: Int32 = 24
    _ = ct_window_size(terminal, &columns, &rows)
    return Size(width: Int(columns), height: Int(rows))
  }
}
