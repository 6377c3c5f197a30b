import Testing
import Training

@testable import TokenizerEngine

@Suite struct ParaphraseTests {
  @Test func sentencesKeepTheirShape() {
    #expect(
      Paraphrase.of("Over a red leafy background, an orange ring moves up and then spins.")
        == "Over a crimson wooded backdrop, a tangerine hoop travels up and then rotates.")
    #expect(
      Paraphrase.of("A white star moves in a circle over a gray brick background.")
        == "An ivory starfish orbits over a silver masonry backdrop.")
  }

  @Test func theWorldNeverUsesTheseWords() {
    let clips = FreshClips(count: 300, frames: 9, size: 8, seed: 3)
    var known = Set<String>()
    var unchanged = Set<String>()
    for clip in clips.clips(set: 0) {
      known.formUnion(words(clip.caption))
      unchanged.formUnion(words(clip.caption).intersection(words(Paraphrase.of(clip.caption))))
    }
    #expect(known.isDisjoint(with: Paraphrase.words.values))
    #expect(known.isSuperset(of: Paraphrase.words.keys))
    // Only what says where and how is left.
    let kept: Set = [
      "a", "an", "and", "down", "in", "left", "little", "out", "over", "right", "slowly", "the",
      "then", "to", "up", "while",
    ]
    #expect(unchanged == kept)
  }

  private func words(_ text: String) -> Set<String> {
    Set(text.lowercased().split { !$0.isLetter }.map(String.init))
  }
}
