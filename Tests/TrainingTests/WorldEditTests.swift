import Testing
import Tokenization

@testable import Training

/// Clips of which one thing is changed, and the words for it.
@Suite struct WorldEditTests {
  private static func edits(_ attribute: WorldEdit.Attribute, count: Int = 12) -> [WorldEdit] {
    (0..<count).flatMap { index in
      ProceduralWorld.edits(
        [attribute], seed: ProceduralWorld.seed(3, stream: .samples, index: index))
    }
  }

  @Test func theSameSeedGivesTheSameEdits() {
    let all = WorldEdit.Attribute.allCases
    #expect(ProceduralWorld.edits(all, seed: 5) == ProceduralWorld.edits(all, seed: 5))
    #expect(ProceduralWorld.edits(all, seed: 5) != ProceduralWorld.edits(all, seed: 6))
  }

  @Test(arguments: WorldEdit.Attribute.allCases)
  func nothingOutsideTheBoxChanges(attribute: WorldEdit.Attribute) {
    for edit in Self.edits(attribute) {
      let (source, target) = (edit.source, edit.target)
      var inside = 0
      for index in 0..<source.frames * 64 * 64 {
        let range = 3 * index..<3 * index + 3
        guard source.pixels[range] != target.pixels[range] else { continue }
        let (x, y) = (index % 64, index / 64 % 64)
        #expect(edit.box.columns.contains(x) && edit.box.rows.contains(y))
        inside += 1
      }
      #expect(inside > 100)
    }
  }

  @Test(arguments: WorldEdit.Attribute.allCases)
  func oneThingOfTheWordsIsAnother(attribute: WorldEdit.Attribute) {
    for edit in Self.edits(attribute) {
      let (before, after, wrong) = (edit.before, edit.after, edit.wrong)
      switch attribute {
      case .colour:
        #expect(Set([before.colour, after.colour, wrong.colour]).count == 3)
        #expect(before.shape == after.shape && before.motion == after.motion)
      case .shape:
        let outlines = [before, after, wrong].map { words in
          words.shape.flatMap(WorldEdit.outline)
        }
        #expect(Set(outlines).count == 3 && !outlines.contains(nil))
        #expect(before.colour == after.colour && before.motion == after.motion)
      case .motion:
        #expect(Set([before.motion, after.motion, wrong.motion]).count == 3)
        #expect(before.colour == after.colour && before.shape == after.shape)
      case .presence:
        #expect((before.colour == nil) != (after.colour == nil))
        #expect((wrong.colour == nil) == (before.colour == nil))
      case .background:
        #expect(Set([before.background, after.background, wrong.background]).count == 3)
        #expect(Set([before.tone, after.tone, wrong.tone]).count == 3)
      }
      #expect(edit.prompt != edit.wrongPrompt)
    }
  }

  @Test func promptsNameWhatIsThere() {
    for edit in Self.edits(.colour) {
      for word in [edit.after.colour, edit.after.shape, edit.after.motion] {
        #expect(edit.prompt.contains(word ?? "?"))
        #expect(edit.caption?.contains(word ?? "?") ?? false)
      }
      #expect(!edit.prompt.contains(edit.before.colour ?? "?"))
    }
    for edit in Self.edits(.background) {
      #expect(edit.prompt.hasSuffix("\(edit.after.tone) \(edit.after.background) background"))
    }
  }

  @Test func objectsStayWithinBoxAndFrame() {
    for edit in Self.edits(.motion) {
      for clip in [edit.source, edit.target] {
        for frame in 0..<clip.frames {
          let mask = clip.masks[frame * 4096..<(frame + 1) * 4096]
          #expect(mask.contains { $0 > 0 })
          for (index, value) in mask.enumerated() where value > 0 {
            #expect(edit.box.columns.contains(index % 64) && edit.box.rows.contains(index / 64))
          }
        }
      }
    }
  }

  /// No draft of a motion may be told by how often it comes: chance is one in so many.
  @Test func attributesAreDrawnEvenly() {
    let edits = Self.edits(.colour, count: 240)
    let counts = Dictionary(grouping: edits) { $0.after.colour ?? "?" }.mapValues(\.count)
    #expect(counts.count == WorldEdit.colours.count)
    // 20 each are expected; 5 is more than 3 standard deviations away.
    #expect(counts.values.allSatisfy { (6...36).contains($0) })
  }
}
