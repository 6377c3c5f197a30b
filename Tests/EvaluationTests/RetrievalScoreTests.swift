import Evaluation
import Testing

@Suite struct RetrievalScoreTests {
  @Test func ownCandidatesInFrontArePerfect() {
    let score = RetrievalScore([[0.9, 0.1, 0.2], [0.1, 0.3, 0.2], [-1, 0, 0.5]])
    #expect(score.recallAt1 == 1)
    #expect(score.recallAt10 == 1)
    #expect(score.medianRank == 1)
    #expect(score.count == 3)
  }

  @Test func ranksAreCountedByHand() {
    // Ranks 1, 2 and 3.
    let score = RetrievalScore([[3, 2, 1], [5, 4, 3], [3, 2, 1]])
    #expect(abs(score.recallAt1 - 1.0 / 3) < 1e-12)
    #expect(score.recallAt5 == 1)
    #expect(score.medianRank == 2)
  }

  @Test(arguments: [2, 7, 200])
  func allEqualIsChance(count: Int) {
    let row = [Float](repeating: 0.5, count: count)
    let score = RetrievalScore([[Float]](repeating: row, count: count))
    #expect(abs(score.recallAt1 - 1 / Double(count)) < 1e-12)
    #expect(abs(score.recallAt5 - min(1, 5 / Double(count))) < 1e-12)
    #expect(score.medianRank == Double(count + 1) / 2)
  }

  @Test func halfOfATieIsHalfAHit() {
    // The own candidate shares the first place with one other.
    let score = RetrievalScore([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    #expect(abs(score.recallAt1 - 2.5 / 3) < 1e-12)
  }

  @Test func whatIsNotANumberComesLast() {
    let score = RetrievalScore([[.nan, 1], [.nan, 1]])
    #expect(score.recallAt1 == 0.5)
    #expect(RetrievalScore([[.nan, .nan], [.nan, .nan]]).recallAt1 == 0.5)
  }
}
