import Foundation
import Tensors
import Testing

@testable import Training

/// A line with numbers of all sizes, as the encoder writes them.
private func randomLine(_ random: inout RandomSource) throws -> [UInt8] {
  var number: Double {
    let sign: Double = random.uniform() < 0.5 ? -1 : 1
    return sign * (1 + Double(random.uniform())) * pow(10, Double(random.integer(below: 24)) - 14)
      * (1 + Double(random.uniform()) * 1e-9)
  }
  let levels = (0..<3).map { _ in
    let values = (0..<64).map { _ in Float(random.normal()) }
    var level = LevelStatistics(z: Tensor(values, shape: [8, 8]), slope: 6)
    level.codeGradient = number
    level.entropyGradientMedian = number
    return level
  }
  let metrics = StepMetrics(
    step: random.integer(below: 1_000_000), time: 1_795_485_929.123_456_7, stage: "größer, 2",
    loss: number, terms: ["l1": .init(value: number, weight: 0), "l2": .init(value: 0, weight: 1)],
    learningRate: number, gradientNorm: number, dataWaitSeconds: 0, framesPerSecond: number,
    stepSeconds: number, memoryBytes: 123_456_789_012, levels: levels,
    validation: .init(loss: number, psnr: number, usage: [number]))
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return [UInt8](try encoder.encode(metrics))
}

@Test func quickLinesAreThoseOfTheGeneralDecoderToTheLastBit() throws {
  var random = RandomSource(seed: 3)
  for _ in 0..<200 {
    let line = try randomLine(&random)
    var scanner = PlainJSON(bytes: line)
    #expect(scanner.document() != nil)
    let expected = try JSONDecoder().decode(StepMetrics.self, from: Data(line))
    #expect(StepLine.read(line) == expected)
  }
}

@Test(arguments: [
  "0", "-0", "7", "-12.5", "0.1", "1e3", "1E+3", "2.5e-7", "0.30000000000000004",
  "2.068348265993336e-07", "123456789012345678", "0.000000000000000000000000123456",
  "5e-324", "1.7976931348623157e308", "18446744073709551615", "99999999999999999999999",
])
func numbersAreReadExactly(text: String) throws {
  var scanner = PlainJSON(bytes: Array(text.utf8))
  #expect(scanner.document()?.number == Double(text))
}

@Test(arguments: [
  "", "-", "01", "1.", ".5", "1e", "+1", "1 ", "[1,]", "{\"a\":}", "\"a\\n\"", "nul",
])
func whatIsNotPlainIsLeftToTheGeneralDecoder(text: String) {
  var scanner = PlainJSON(bytes: Array(text.utf8))
  #expect(scanner.document() == nil)
}

@Test func linesThatOthersWroteAreReadTooAndTornOnesAreNot() throws {
  var random = RandomSource(seed: 4)
  let line = try randomLine(&random)
  let expected = try #require(StepLine.read(line))
  // With blanks, which the quick way does not know.
  let spaced = String(decoding: line, as: UTF8.self).replacingOccurrences(of: ":", with: " : ")
  #expect(StepLine.read(Array(spaced.utf8)) == expected)
  for end in [0, 1, line.count / 2, line.count - 1] {
    #expect(StepLine.read(Array(line[..<end])) == nil)
  }
  let wrong = String(decoding: line, as: UTF8.self)
    .replacingOccurrences(of: "\"memory_bytes\":123456789012", with: "\"memory_bytes\":\"much\"")
  #expect(StepLine.read(Array(wrong.utf8)) == nil)
}
