import Testing

@testable import Workbench

struct InputDecoderTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = InputDecoder()
    let items = decoder.feed(Array(text.utf8)) + decoder.flush()
    return items.compactMap { if case .key(let key) = $0 { key } else { nil } }
  }

  @Test(arguments: [
    ("a", Key.character("a")), ("é", .character("é")), ("日", .character("日")),
    ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7f}", .backspace), ("\u{1b}", .escape),
    ("\u{3}", .control("c")), ("\u{10}", .control("p")), ("\0", .control(" ")),
    ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[1;5C", .named(.right, .control)),
    ("\u{1b}[1;2D", .named(.left, .shift)), ("\u{1b}[Z", .backTab), ("\u{1b}[3~", .delete),
    ("\u{1b}[5~", .pageUp), ("\u{1b}[6;5~", .named(.pageDown, .control)),
    ("\u{1b}OP", .function(1)),
    ("\u{1b}[15~", .function(5)), ("\u{1b}[24~", .function(12)), ("\u{1b}x", .alt("x")),
    ("\u{1b}é", .alt("é")), ("\u{1b}\u{1b}[A", .named(.up, .alt)), ("\u{1b}[I", .focus(true)),
    ("\u{1b}[O", .focus(false)), ("\u{1b}[97;5u", .control("a")), ("\u{1b}[H", .home),
  ])
  func aSequenceIsOneKey(text: String, key: Key) {
    #expect(keys(text) == [key])
  }

  @Test(arguments: [
    ("\u{1b}[<0;11;6M", MouseEvent(.press, .left, x: 10, y: 5)),
    ("\u{1b}[<0;11;6m", MouseEvent(.release, .left, x: 10, y: 5)),
    ("\u{1b}[<2;1;1M", MouseEvent(.press, .right, x: 0, y: 0)),
    ("\u{1b}[<32;240;60M", MouseEvent(.drag, .left, x: 239, y: 59)),
    ("\u{1b}[<64;3;4M", MouseEvent(.wheelUp, .none, x: 2, y: 3)),
    ("\u{1b}[<81;3;4M", MouseEvent(.wheelDown, .none, x: 2, y: 3, modifiers: .control)),
  ])
  func theMouseIsUnderstood(text: String, event: MouseEvent) {
    #expect(keys(text) == [.mouse(event)])
  }

  @Test
  func piecesOfASequenceWaitForEachOther() {
    var decoder = InputDecoder()
    var items: [InputDecoder.Item] = []
    for byte in Array("\u{1b}[<0;11;6Mé\u{1b}[1;5A".utf8) {
      items += decoder.feed([byte])
    }
    #expect(
      items == [
        .key(.mouse(MouseEvent(.press, .left, x: 10, y: 5))), .key(.character("é")),
        .key(.named(.up, .control)),
      ])
    #expect(decoder.patience == nil)
  }

  @Test
  func aPasteIsOneKeyWithoutControls() {
    #expect(
      keys("\u{1b}[200~one\r\ntwo\u{1b}[31m\u{3}\tthree\u{1b}[201~x")
        == [.paste("one\ntwo[31m\tthree"), .character("x")])
  }

  @Test
  func anUnfinishedPasteEndsWhenNothingMoreComes() {
    var decoder = InputDecoder()
    let early = decoder.feed(Array("\u{1b}[200~text".utf8))
    #expect(early.isEmpty)
    #expect(decoder.patience == 1)
    let late = decoder.flush()
    #expect(late == [.key(.paste("text"))])
  }

  @Test
  func repliesAreNeverTyped() {
    var decoder = InputDecoder()
    let items = decoder.feed(
      Array("\u{1b}]11;rgb:ffff/8080/0000\u{1b}\\\u{1b}[?64;1;2c\u{1b}P1+r524742\u{1b}\\q".utf8))
    #expect(
      items == [.reply(.background(RGB(255, 128, 0))), .reply(.fence), .key(.character("q"))])
  }

  @Test
  func hugeNumbersAndNoiseDoNoHarm() {
    #expect(keys("\u{1b}[99999999999999999999;99999999999999999999A").count == 1)
    #expect(keys("\u{1b}[<99999999999;0;0M").isEmpty)
    var random = SplitMix(state: 11)
    var decoder = InputDecoder()
    for _ in 0..<20_000 {
      let bytes = (0..<random.below(12)).map { _ in
        random.below(3) == 0
          ? [0x1b, 0x5b, 0x3c, 0x3b, 0x4d, 0x7e, 0x5d][random.below(7)] : UInt8(random.below(256))
      }
      _ = decoder.feed(bytes)
      if random.below(4) == 0 { _ = decoder.flush() }
    }
    _ = decoder.flush()
    let last = decoder.feed([0x71])
    #expect(last == [.key(.character("q"))])
  }

  @Test
  func terminfoWinsOverTheCommonSequences() {
    var decoder = InputDecoder(keys: [Array("\u{1b}[7~".utf8): .home, [0x1b, 0x4f, 0x63]: .end])
    let items = decoder.feed(Array("\u{1b}[7~\u{1b}Oc".utf8))
    #expect(items == [.key(.home), .key(.end)])
  }
}
