import Testing

@testable import TokenizerEngine

struct CodePatternTests {
  private func pattern(_ text: String, bits: Int = 16) throws -> String? {
    try CodePattern(argument: text, bits: bits)?.description
  }

  @Test(arguments: [
    ("0x1a2b", "0x1a2b"), ("0X1A2B", "0x1a2b"), ("6699", "0x1a2b"), ("0", "0x0"),
    ("65535", "0xffff"), ("1xx0", "1xx0xxxxxxxxxxxx"), ("1??0", "1xx0xxxxxxxxxxxx"),
    ("0b1", "1xxxxxxxxxxxxxxx"), ("10…", "10xxxxxxxxxxxxxx"),
    ("0001101000101011", "0x1a2b"), ("xxxxxxxxxxxxxxx1", "xxxxxxxxxxxxxxx1"),
  ])
  func codesAreReadAsPeopleTypeThem(text: String, expected: String) throws {
    #expect(try pattern(text) == expected)
  }

  @Test(arguments: ["a red circle", "x", "xx", "0xzz", "1 2", "red", "-1", "1xx0xxxxxxxxxxxxx"])
  func allElseIsText(text: String) throws {
    #expect(try pattern(text) == nil)
  }

  @Test func allBitsGivenAreAPatternBeforeTheyAreANumber() throws {
    #expect(try pattern("1010", bits: 4) == "0xa")
    #expect(try pattern("0x10", bits: 4) == "0x10")
    #expect(try pattern("10", bits: 4) == "0xa")
  }

  @Test(arguments: ["65536", "0x10000", "99999999999999999999999"])
  func aCodeThatThereIsNotIsRefused(text: String) {
    #expect(throws: CorpusError.self) { try pattern(text) }
  }

  @Test func aPatternMatchesWhatHasItsBits() throws {
    let found = try #require(try CodePattern(argument: "1x0", bits: 4))
    #expect((0..<16).filter { found.matches(UInt32($0)) } == [8, 9, 12, 13])
  }
}
