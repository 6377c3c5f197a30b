import Testing

@testable import Workbench

struct LinkPaceTests {
  /// Plays for some seconds over a link that takes so many bytes a second; a full frame of 80x24
  /// has 12,000 bytes.
  private func play(
    _ link: inout LinkPace, seconds: Double, from start: Double, bytesPerSecond: Double
  ) -> [Int] {
    var now = start
    var steps: [Int] = []
    while now < start + seconds {
      var context = DrawingContext(depth: .palette256)
      link.limit(&context)
      let bytes = 12_000 * context.pictureBytesPerCell / DrawingContext().pictureBytesPerCell
      let writing = bytes / bytesPerSecond
      let next = now + max(writing * 5 / 3, max(link.interval, 1 / 25))
      link.wrote(seconds: writing, until: next)
      now = next
      if steps.last != link.step { steps.append(link.step) }
    }
    return steps
  }

  @Test func aFastLinkGetsEverything() {
    var link = LinkPace()
    #expect(play(&link, seconds: 20, from: 1, bytesPerSecond: 1e7) == [0])
    #expect(!link.isSlow)
  }

  @Test func aSlowLinkGetsFewerFramesThenSmallerOnes() {
    var link = LinkPace()
    #expect(play(&link, seconds: 20, from: 1, bytesPerSecond: 10_000) == [0, 1, 2, 3, 4, 5, 6])
    var context = DrawingContext(depth: .truecolor)
    link.limit(&context)
    #expect(context.depth == .palette256)
    #expect(context.pictureBytesPerCell == DrawingContext().pictureBytesPerCell / 4)
    #expect(link.interval == 0.25)
  }

  @Test func itGoesUpAgainStepByStepAndStaysWhereTheLinkIsJustEnough() {
    var link = LinkPace()
    _ = play(&link, seconds: 20, from: 1, bytesPerSecond: 10_000)
    link.pause()
    #expect(play(&link, seconds: 30, from: 30, bytesPerSecond: 1e7) == [6, 5, 4, 3, 2, 1, 0])
    for speed in [60_000.0, 120_000, 180_000, 260_000, 400_000] {
      _ = play(&link, seconds: 100, from: 100, bytesPerSecond: speed)
      let steps = play(&link, seconds: 100, from: 200, bytesPerSecond: speed)
      #expect(steps.count == 1, "at \(speed) bytes a second it wavers: \(steps)")
    }
  }

  @Test func aPauseIsNoIdleLink() {
    var link = LinkPace()
    _ = play(&link, seconds: 20, from: 1, bytesPerSecond: 10_000)
    link.pause()
    link.wrote(seconds: 0.1, until: 1_000)
    #expect(link.step == 6)
  }
}
