import Foundation
import Testing
import Tokenization

struct AlertThresholdsTests {
  private func parse(_ text: String) throws -> AlertThresholds {
    try AlertThresholds(json: Array(text.utf8), path: "t.json")
  }

  @Test func whatIsNotGivenKeepsItsValue() throws {
    #expect(try parse("{}") == AlertThresholds())
    var expected = AlertThresholds()
    expected.deadShare = 0.05
    expected.riseWindows = 4
    #expect(try parse("{\"dead_share\": 0.05, \"rise_windows\": 4}") == expected)
  }

  @Test func allFieldsGoThroughAFile() throws {
    let bytes = try JSONEncoder().encode(AlertThresholds())
    #expect(try AlertThresholds(json: [UInt8](bytes), path: "t.json") == AlertThresholds())
  }

  @Test(arguments: [
    ("{\"dead_shares\": 0.05}", "“dead_shares”; did you mean “dead_share”?"),
    ("{\"dead_share\": 1.5}", "“dead_share” must be in 0…1"),
    ("{\"rise_windows\": 0}", "“rise_windows” must be at least 1"),
    ("{\"rise_windows\": 1.5}", "“rise_windows” must be a whole number"),
    ("{\"clear_factor\": 0.5}", "“clear_factor” must be in 1…10"),
    ("{\"dead_share\": \"much\"}", "it is no JSON object of names and numbers"),
    ("{\"rise_windows\": 1e300}", "it has a number that is too large"),
    ("[]", "it is no JSON object of names and numbers"),
    ("{\"leak_difference\": -1}", "must not be below 0"),
  ])
  func aBadFileIsOneLine(text: String, reason: String) {
    let error = #expect(throws: TokenizationError.self) { try parse(text) }
    #expect(error?.description.hasPrefix("t.json is no file of thresholds: ") == true)
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func clearingIsStricter() {
    let clearing = AlertThresholds().clearing
    #expect(clearing.deadShare > 0.02)
    #expect(clearing.duplicateCorrelation < 0.95 && clearing.duplicateCorrelation > 0.9)
    #expect(clearing.parityCorrelation == 0.4)
    #expect(clearing.residualRise == 1)
  }
}
