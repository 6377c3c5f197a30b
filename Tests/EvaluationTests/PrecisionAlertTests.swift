import Testing
import Tokenization

@testable import Evaluation

struct PrecisionAlertTests {
  private func alerts(_ type: String) -> [Alert] {
    var lines = CodebookLines()
    let line = """
      {"bits": 2, "levels": [{"tokens": [0, 1, 2, 3], "slope": 4, "reach": 0.5, "dtype": "\(type)"}]}
      """
    lines.add(Array(line.utf8))
    #expect(lines.badLines == 0)
    return lines.watch.alerts
  }

  @Test func valuesOfSixteenBitsAreNamedAtOnce() {
    let found = alerts("torch.bfloat16")
    #expect(found.map(\.rule) == [.precision] && found.first?.level == 1)
    #expect(found.first?.text.contains("torch.bfloat16") == true)
    #expect(alerts("torch.float16").count == 1)
    #expect(alerts("torch.float32").isEmpty && alerts("").isEmpty)
  }

  @Test func aStageOfOneScaleIsPartOfTheFigures() {
    var statistics = LatentStatistics(slope: 6)
    statistics.add([0.5, -1.5, 2, -0.5], quantizedBy: 1)
    #expect(statistics.values == 4 && statistics.inReach == 0.5)
    #expect(statistics.stages.count == 1)
    // (0.25 + 2.25 + 4 + 0.25) / 4 and (0.25 + 0.25 + 1 + 0.25) / 4.
    #expect(abs((statistics.stages.first?.rmsBefore ?? 0) - 1.6875.squareRoot()) < 1e-12)
    #expect(abs((statistics.stages.first?.rmsAfter ?? 0) - 0.4375.squareRoot()) < 1e-12)
  }
}
