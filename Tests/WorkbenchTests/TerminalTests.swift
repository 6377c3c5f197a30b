import Glibc
import TestSupport
import Testing

@testable import Workbench

/// ncurses is one per process, so these tests run one after the other.
@Suite(.serialized)
struct TerminalTests {
  @Test(
    arguments: [ColorDepth.truecolor, .palette256, .sixteen, .none], [true, false])
  func theTerminalShowsWhatTheScreenHolds(depth: ColorDepth, usesOwnDescription: Bool) throws {
    let bench = try TerminalBench(
      width: 60, height: 18, depth: depth, usesOwnDescription: usesOwnDescription)
    var random = SplitMix(state: 7)
    var screen = Screen(size: bench.terminal.size)
    for round in 0..<40 {
      screen = round % 9 == 0 ? Screen(size: screen.size) : screen
      RandomScreens.scribble(on: &screen, using: &random)
      bench.show(screen)
      try bench.expectEqual(screen, depth: depth)
    }
    #expect(bench.pty.screen.unknown.isEmpty)
  }

  @Test
  func aFrameIsOneWriteAndAnEqualFrameIsNone() throws {
    let bench = try TerminalBench(width: 80, height: 24, depth: .palette256)
    var screen = Screen(size: bench.terminal.size)
    screen.box(screen.bounds, titles: [BoxTitle("1 Clip", hotKey: "1")])
    #expect(bench.show(screen).writes == 1)
    #expect(bench.show(screen).writes == 0)
    screen.put("changed", x: 5, y: 5)
    let frame = bench.show(screen)
    #expect(frame.writes == 1)
    #expect(frame.bytes < 60)
    #expect(bench.pty.screen.frameCount == 2)
  }

  @Test
  func theLastCornerIsDrawn() throws {
    let bench = try TerminalBench(width: 20, height: 6, depth: .palette256)
    var screen = Screen(size: bench.terminal.size)
    screen.box(screen.bounds)
    bench.show(screen)
    #expect(bench.pty.screen.text == screen.text)
    #expect(bench.pty.screen.spot(x: 19, y: 5).text == "╯")
  }

  @Test
  func closingLeavesTheTerminalAsItWas() throws {
    let pty = try PseudoTerminal(width: 40, height: 12)
    let before = pty.settings
    let bench = try TerminalBench(pty: pty, depth: .palette256)
    bench.show(Screen(size: bench.terminal.size))
    #expect(pty.settings != before)
    #expect(pty.screen.modes.isSuperset(of: [1_049, 1_002, 1_006, 2_004, 1_004]))
    #expect(!pty.screen.modes.contains(25))
    bench.terminal.close()
    pty.wait { $0.isRestored }
    #expect(pty.screen.isRestored)
    #expect(pty.settings == before)
  }

  @Test
  func aNewSizeIsReportedAndPaintedInFull() throws {
    let bench = try TerminalBench(width: 80, height: 24, depth: .palette256)
    bench.show(Screen(size: bench.terminal.size))
    for (width, height) in [(40, 12), (1, 1), (133, 50), (3, 40), (80, 24)] {
      bench.pty.resize(width: width, height: height)
      let events = bench.terminal.wait(until: monotonicSeconds())
      #expect(events == [.resized(Size(width: width, height: height))])
      var screen = Screen(size: bench.terminal.size)
      screen.box(screen.bounds, titles: [BoxTitle("title")])
      bench.show(screen)
      try bench.expectEqual(screen, depth: .palette256)
    }
  }

  @Test
  func keysArriveAndALoneEscapeIsOneAfter25Milliseconds() throws {
    let bench = try TerminalBench(width: 40, height: 12, depth: .palette256)
    bench.pty.send("a\u{1b}[A")
    #expect(bench.nextEvents(2) == [.key(.character("a")), .key(.up)])
    bench.pty.send("\u{1b}")
    let start = monotonicSeconds()
    #expect(bench.nextEvents(1) == [.key(.escape)])
    #expect(monotonicSeconds() - start >= 0.024)
  }

  @Test
  func anotherThreadWakesTheWaitingOne() throws {
    let bench = try TerminalBench(width: 40, height: 12, depth: .palette256)
    bench.terminal.wakeUp.signal()
    #expect(bench.terminal.wait(until: monotonicSeconds() + 5) == [.woken])
    #expect(bench.terminal.wait(until: monotonicSeconds()) == [])
  }

  @Test
  func theCursorShowsWhereTextIsTyped() throws {
    let bench = try TerminalBench(width: 40, height: 12, depth: .palette256)
    var screen = Screen(size: bench.terminal.size)
    screen.cursor = Screen.Position(x: 7, y: 3)
    bench.show(screen)
    #expect(bench.pty.screen.modes.contains(25))
    #expect((bench.pty.screen.cursorX, bench.pty.screen.cursorY) == (7, 3))
    screen.cursor = nil
    bench.show(screen)
    #expect(!bench.pty.screen.modes.contains(25))
  }

  @Test
  func aTerminalThatDoesNotBlockGetsTheWholeFrame() throws {
    let pty = try PseudoTerminal(width: 200, height: 60)
    // Far more than its buffer holds; a thread reads it meanwhile.
    _ = fcntl(pty.slave, F_SETFL, fcntl(pty.slave, F_GETFL) | O_NONBLOCK)
    let bench = try TerminalBench(pty: pty, depth: .truecolor)
    var random = SplitMix(state: 11)
    var screen = Screen(size: bench.terminal.size)
    for y in 0..<60 {
      for x in 0..<200 {
        let style = Style(.rgb(RGB(packed: UInt32(random.next() & 0xff_ffff))))
        screen[x, y] = Cell("x", style: style)
      }
    }
    #expect(bench.show(screen).bytes > 100_000)
    try bench.expectEqual(screen, depth: .truecolor)
  }

  @Test
  func columnsFarToTheRightAreReached() throws {
    let bench = try TerminalBench(width: 450, height: 3, depth: .palette256)
    var screen = Screen(size: bench.terminal.size)
    bench.show(screen)
    for x in stride(from: 1, to: 450, by: 7) {
      screen[x, 1] = Cell("x", style: Style(.palette(UInt8(16 + x % 200))))
    }
    bench.show(screen)
    try bench.expectEqual(screen, depth: .palette256)
    #expect(bench.pty.screen.unknown.isEmpty)
  }

  @Test
  func pensAreTakenBackOnlyWhenTheirCellsAreGone() throws {
    let bench = try TerminalBench(width: 200, height: 60, depth: .truecolor)
    var random = SplitMix(state: 3)
    var screen = Screen(size: bench.terminal.size)
    // 12,000 new combinations a frame: far more than there are pens.
    for round in 0..<9 {
      for y in 0..<60 where round % 3 != 1 || y % 2 == 0 {
        for x in 0..<200 {
          let style = Style(
            .rgb(RGB(packed: UInt32(random.next() & 0xff_ffff))),
            on: .rgb(RGB(packed: UInt32(random.next() & 0xff_ffff))))
          screen[x, y] = Cell("x", style: style)
        }
      }
      bench.show(screen)
      try bench.expectEqual(screen, depth: .truecolor)
    }
  }
}
