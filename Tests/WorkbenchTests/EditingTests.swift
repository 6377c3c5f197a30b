import Testing
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 100, height: 30)
private let first = TokenPosition(level: 1, step: 0, row: 0, column: 0)

private func press(_ keys: [Key], _ model: inout AppModel) -> [Effect] {
  keys.flatMap { model.update(.key($0)) }
}

private func press(_ keys: String, _ model: inout AppModel) -> [Effect] {
  press(keys.map { .character($0) }, &model)
}

private func type(_ text: String, _ model: inout AppModel) -> [Effect] {
  press(text.map { .character($0) } + [.enter], &model)
}

/// On the Tokens screen, the cursor on the first token, whose code is 0.
private func opened(_ size: Size = size) -> AppModel {
  var model = ExampleModel.tokenized(size)
  _ = press("2", &model)
  return model
}

private func edits(_ effects: [Effect]) -> [TokenEdit] {
  effects.compactMap { if case .submit(.edit(let edit, _)) = $0 { edit } else { nil } }
}

/// What an engine would answer to an edit of one token.
private func answer(
  _ effects: [Effect], from before: UInt32, to after: UInt32, undo: Int = 1,
  in model: inout AppModel
) {
  for case .submit(.edit(let edit, let job)) in effects {
    let report = EditReport(edit: edit, before: before, after: after, bits: 16)
    guard let grid = model.tokens.pyramid?[level: edit.position.level],
      var codes = grid.codes(ofStep: edit.position.step)
    else { continue }
    codes[edit.position.row * grid.columns + edit.position.column] = after
    let slice = TokenSlice(
      level: grid.level, firstStep: edit.position.step, rows: grid.rows, columns: grid.columns,
      codes: codes)
    _ = model.update(.engine(.edited(report, job: job)))
    _ = model.update(.engine(.working(undo: undo, redo: 0, job: job)))
    _ = model.update(.engine(.tokens([slice], job: job)))
    let frame = ExampleModel.frame(0, shift: 100)
    _ = model.update(
      .engine(.reconstructed(first: 0, frames: [frame], psnr: [9], muting: Mutes(), job: job)))
    _ = model.update(.engine(.finished(job)))
  }
}

private func code(_ model: AppModel, _ position: TokenPosition = first) -> UInt32? {
  model.tokens.pyramid?.code(at: position)
}

// MARK: Changing

@Test func aBitIsFlippedAndTakenBack() {
  var model = opened()
  #expect(edits(press("f", &model)).isEmpty)
  #expect(model.notice?.text.hasPrefix("First the bit") == true)
  let effects = press([.tab, .right, .right, .character("f")], &model)
  #expect(edits(effects) == [.flip(bit: 2, at: first)])
  answer(effects, from: 0, to: 0x2000, in: &model)
  #expect(
    model.notice?.text
      == "bit 2 of level 1 (t 0, y 0, x 0): 0x0000 → 0x2000 · u takes it back")
  #expect(code(model) == 0x2000)
  #expect(model.clip.reconstruction(of: 0, muting: Mutes()) == ExampleModel.frame(0, shift: 100))
  #expect(press("u", &model).contains(.submit(.undoAccept)))
  let job = model.generate.workingJob ?? JobID(-1)
  _ = model.update(.engine(.working(undo: 0, redo: 1, job: job)))
  #expect(
    model.notice?.text == "Taken back: bit 2 of level 1 (t 0, y 0, x 0) · ctrl-r gives it again")
  #expect(press([.control("r")], &model).contains(.submit(.redoAccept)))
  _ = model.update(.engine(.working(undo: 1, redo: 0, job: job)))
  #expect(
    model.notice?.text == "Again: bit 2 of level 1 (t 0, y 0, x 0) · u takes it back")
}

@Test(
  arguments: [
    ("0x1a2b", 0x1a2b), ("1a2b", 0x1a2b), ("6699", 6699), ("01de", 0x1de), ("0", 0),
    ("FFFF", 65_535),
  ] as [(String, UInt32)])
func aCodeIsSetInHexadecimalOrDecimal(text: String, code: UInt32) {
  var model = opened()
  #expect(press("s", &model).isEmpty)
  #expect(edits(type(text, &model)) == [.set(code: code, at: first)])
}

@Test(arguments: ["", "12g", "70000", "0x10000", "-1", "99999999999"])
func whatIsNoCodeIsRefused(text: String) {
  var model = opened()
  #expect(edits(type(":set \(text)", &model)).isEmpty)
  #expect(model.notice?.isError == true)
}

@Test func bitsAreFlippedByNumber() {
  var model = opened()
  #expect(edits(type(":flip 15", &model)) == [.flip(bit: 15, at: first)])
  #expect(edits(type(":flip 16", &model)).isEmpty)
  #expect(model.notice?.text == "flip wants a bit from 0 to 15, not “16”.")
}

@Test func withoutTokensOneLineSaysWhatToDo() {
  var model = ExampleModel.halfway(size)
  model.view = .tokens
  #expect(edits(type(":set 5", &model)).isEmpty)
  #expect(model.notice?.text == EditError.busy.description)
  var closed = AppModel(size: size)
  closed.view = .tokens
  #expect(press("fsvipd", &closed).isEmpty)
  var again = opened()
  _ = again.update(.key(.character("t")))
  again.jobs.append(Job(id: JobID(99), kind: .tokenizing))
  #expect(edits(type(":set 5", &again)).isEmpty)
  #expect(again.notice?.text == EditError.busy.description)
}

@Test func whatTheEngineRefusesIsSaid() {
  var model = opened()
  for case .submit(.edit(_, let job)) in type(":set 5", &model) {
    _ = model.update(.engine(.failed(job, reason: EditError.busy.description)))
  }
  #expect(model.notice?.text == EditError.busy.description)
  #expect(model.tokens.editing.asked.isEmpty)
}

@Test func editsOfAClipThatWasClosedChangeNothing() {
  var model = opened()
  let effects = type(":set 5", &model)
  _ = type(":open /clips/other.mp4", &model)
  let before = model.notice
  answer(effects, from: 0, to: 5, in: &model)
  #expect(model.notice == before)
  #expect(model.generate.undo == 0 && model.generate.accepted.isEmpty)
}

// MARK: Copying

@Test func aTokenIsCopiedToAnotherPlaceLevelAndClip() {
  var model = opened()
  _ = press([.down, .down, .right, .right], &model)
  #expect(press("y", &model).contains(.copy("008a")))
  _ = press("}", &model)
  _ = press("{{", &model)
  #expect(model.tokens.level == 3)
  let place = model.tokens.cursor(atFrame: 0)
  let effects = press("p", &model)
  #expect(edits(effects).map(\.position) == [place])
  guard case .paste(let block, _)? = edits(effects).first else { return }
  #expect(block.codes == [0x8a] && block.level == 1)
  _ = type(":open /clips/other.mp4", &model)
  #expect(model.tokens.editing.copied == block)
  #expect(model.tokens.editing.anchor == nil)
}

@Test func aBoxOverSpaceAndTimeIsCopiedAndPasted() {
  var model = opened()
  _ = press("v", &model)
  _ = press([.down, .right, .right, .character("."), .character(".")], &model)
  #expect(model.clip.playhead == 2)
  let effects = press("y", &model)
  let block = model.tokens.editing.copied
  #expect(block.map { [$0.steps, $0.rows, $0.columns] } == [2, 2, 3])
  #expect(
    effects.contains(
      .copy(
        "0000 0000 0065\n0000 0000 0065\n03d1 03d1 0436\n03d1 03d1 0436")))
  #expect(model.tokens.editing.anchor == nil)
  #expect(
    edits(press("p", &model)).map(\.position) == [
      TokenPosition(level: 1, step: 1, row: 1, column: 2)
    ])
}

@Test func oneTokenFillsABox() {
  var model = opened()
  _ = press("y", &model)
  _ = press([.down, .down, .character("v"), .down, .right], &model)
  guard case .paste(let block, let place)? = edits(press("p", &model)).first else {
    Issue.record("Nothing was pasted.")
    return
  }
  #expect(block.codes == [0, 0, 0, 0] && place.row == 2 && place.column == 0)
}

@Test func whatDoesNotFitIsSaid() {
  let block = TokenBlock(
    level: 1, bits: 16, steps: 1, rows: 2, columns: 2, codes: [1, 2, 3, 4])
  func words(placed: Int, changed: Int) -> String {
    EditWords.of(
      EditReport(
        edit: .paste(block, at: first), before: 0, after: 1, bits: 16, placed: placed,
        changed: changed))
  }
  #expect(
    words(placed: 1, changed: 1)
      == "1 token from level 1 (t 0, y 0, x 0) on, the other 3 did not fit: all changed")
  #expect(
    words(placed: 4, changed: 3) == "4 tokens from level 1 (t 0, y 0, x 0) on: 3 changed")
  #expect(
    words(placed: 4, changed: 0)
      == "4 tokens from level 1 (t 0, y 0, x 0) on: it was so already")
}

@Test func otherBitCountsAreRefusedInOneLine() {
  var model = opened()
  model.tokens.editing.copied = TokenBlock(
    level: 1, bits: 12, steps: 1, rows: 1, columns: 1, codes: [7])
  #expect(edits(press("p", &model)).isEmpty)
  #expect(
    model.notice?.text
      == "What was copied has 12 bits for each token, this clip 16; it cannot be pasted.")
  #expect(edits(press("i", &model)).isEmpty)
  model.tokens.editing.copied = nil
  #expect(edits(press("pi", &model)).isEmpty)
  #expect(model.notice?.isError == true)
}

// MARK: From one code to another

@Test func theWayFromOneCodeToAnotherGoesBitByBit() {
  var model = opened()
  _ = press([.down, .down, .right, .right], &model)
  _ = press("y", &model)
  _ = press([.up, .up, .left, .left], &model)
  var codes: [UInt32] = []
  var at: UInt32 = 0
  for key in "iiiiIIII" {
    let effects = press(String(key), &model)
    for case .set(let code, _) in edits(effects) {
      codes.append(code)
      answer(effects, from: at, to: code, undo: codes.count, in: &model)
      at = code
    }
  }
  // 0 to 0x8a and back; at both ends there is no further step.
  #expect(codes == [0x80, 0x88, 0x8a, 0x88, 0x80, 0])
  #expect(model.notice?.text == "This is where the walk began.")
  let effects = press("i", &model)
  answer(effects, from: 0, to: 0x80, undo: 7, in: &model)
  #expect(model.notice?.text.hasPrefix("1 of 3 bits to 0x008a: bit 8, level 1") == true)
}

// MARK: What bits do

private func explained(_ size: Size) -> AppModel {
  var model = opened(size)
  model.tokens.row = 5
  model.tokens.column = 9
  let effects = press([.tab, .right, .character("d")], &model)
  for case .submit(.explain(let position, let frame, let bit, let job)) in effects {
    #expect(bit == 1 && frame == 0)
    for bit in 0..<15 {
      let change = (0..<128 * 128).map { place -> UInt8 in
        let (x, y) = (place % 128 - 76, place / 128 - 44)
        return UInt8(max(0, 12 * (bit + 1) - (x * x + y * y) / 4))
      }
      let effect = BitEffect(
        position: position, frame: frame, code: 0x1de, bit: bit, width: 128, height: 128,
        change: change, mean: Double(bit * bit) / 9)
      _ = model.update(.engine(.bitEffect(effect, job: job)))
    }
  }
  model.notice = nil
  return model
}

@Test(arguments: screenSizes)
func whatABitDoesIsAMapAndARowOfNumbers(size: Size) throws {
  let model = explained(size)
  #expect(model.tokens.editing.effects?.bits.count == 15)
  try expectScreen(model, named: "tokens-effects-\(size.width)x\(size.height)")
}

@Test func whatBitsDoIsAskedAgainWhereverTheCursorGoes() {
  var model = explained(size)
  func asked(_ effects: [Effect]) -> [TokenPosition] {
    effects.compactMap {
      if case .submit(.explain(let position, _, _, _)) = $0 { position } else { nil }
    }
  }
  #expect(asked(press([.right], &model)).isEmpty, "another bit of the same token")
  #expect(asked(press([.escape, .right], &model)).map(\.column) == [10])
  #expect(asked(press(".", &model)).map(\.step) == [1])
  let flipped = press([.tab, .character("f")], &model)
  answer(flipped, from: 0, to: 0x8000, in: &model)
  #expect(model.tokens.editing.effects?.bits.isEmpty == true, "the token is another one")
  _ = press("d", &model)
  #expect(model.tokens.editing.effects == nil)
}

@Test(arguments: screenSizes)
func aBoxOfTokensIsSeen(size: Size) throws {
  var model = opened(size)
  _ = press([.down, .character("v"), .down, .down, .right, .right, .right], &model)
  model.notice = nil
  try expectScreen(model, named: "tokens-box-\(size.width)x\(size.height)")
}

// MARK: Written

@Test func theTokensAsTheyAreNowAreWritten() {
  var model = ExampleModel.made(size)
  _ = press("2", &model)
  _ = press("e", &model)
  #expect(model.overlay == .command(CommandLine(text: "write example.safetensors")))
  let effects = press([.enter], &model)
  #expect(
    effects.contains {
      if case .submit(.export(nil, "example.safetensors", _)) = $0 { true } else { false }
    }, "not the result that is looked at")
}
