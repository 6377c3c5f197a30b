import FoundationEssentials
import Glibc
import Tensors
import Tokenization

/// What a tokenizer of another program logs for the doctor: one JSON object a line and window.
///
///     {"step": 100, "bits": 4, "levels": [{"level": 1, "tokens": 6, "ones": [[4, …], …],
///       "codes": [[15, 2], [14, 1], …], "clips": [[6, 5]]}]}
///
/// `ones` are the counts of tokens in which bits i and j are both 1, [B, B], in the order of the latent's
/// dimensions whatever the order of the code's bits; `codes` are the distinct
/// codes with their counts, or their number alone. The README has the Python that writes it.
package struct CodebookLines: Sendable {
  package private(set) var watch: CodebookWatch
  package private(set) var lastStep: Int?
  /// Steps of the windows, as far as they were given.
  package private(set) var steps: [Int?] = []
  /// Lines that say nothing a doctor could read.
  package private(set) var badLines = 0
  /// What was wrong with the first of these.
  package private(set) var firstFault: String?

  private let thresholds: AlertThresholds
  private let seed: UInt64

  package init(thresholds: AlertThresholds = AlertThresholds(), seed: UInt64 = 0) {
    self.thresholds = thresholds
    self.seed = seed
    watch = CodebookWatch(thresholds: thresholds)
  }

  /// Longer ones are passed over.
  package static let longestLine = 64 << 20

  /// Reads a whole file; throws if not one line of it could be read.
  package init(path: String, thresholds: AlertThresholds, seed: UInt64) throws {
    self.init(thresholds: thresholds, seed: seed)
    for line in try WholeFile.read(path).split(separator: UInt8(ascii: "\n")) { add(Array(line)) }
    guard watch.windows > 0 else {
      throw CodeFileError.badDump(
        path,
        reason: firstFault.map { "no line of it is a window of a codebook: \($0)" }
          ?? "holds no lines")
    }
  }

  package var notice: String? {
    guard badLines > 0 else { return nil }
    let lines = badLines == 1 ? "a line is" : "\(badLines) lines are"
    return "\(lines) left out: \(firstFault ?? "")"
  }

  /// One line, without its end; blank ones are nothing.
  package mutating func add(_ line: [UInt8]) {
    guard line.contains(where: { $0 > 0x20 }) else { return }
    do {
      guard line.count <= Self.longestLine else { throw Fault(text: "it is too long") }
      let window = try CodebookLine(line)
      let diagnosis = try window.diagnosis(seed: seed, thresholds: thresholds)
      watch.add(diagnosis)
      lastStep = window.step ?? lastStep
      steps.append(window.step)
    } catch {
      badLines += 1
      firstFault = firstFault ?? (error as? Fault)?.text ?? "it is no JSON object"
    }
  }

  fileprivate struct Fault: Error {
    let text: String
  }
}

/// One window as it stands in a line.
private struct CodebookLine: Decodable {
  var step: Int?
  var bits: Int?
  var codes: Int?
  var dimensions: [Int]?
  var bitOrder: String?
  var leak: Double?
  var levels: [Level]

  struct Level: Decodable {
    var level: Int?
    /// How many, or all of them.
    var tokens: Tokens
    var ones: [[Int]]?
    var codes: Codes?
    /// Tokens and different codes of each clip.
    var clips: [[Int]]?
    var slope: Double?
    var reach: Double?
    var size: Double?
    /// The type of z, such as torch.bfloat16.
    var dtype: String?
    /// Root mean square before the first stage and behind each.
    var residual: [Double]?
    var scales: [Double]?
    var entropy: Double?
  }

  /// A number, or a list of codes; lists of lists are clips.
  enum Tokens: Decodable {
    case count(Int)
    case clip([Int])
    case clips([[Int]])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let count = try? value.decode(Int.self) {
        self = .count(count)
      } else if let codes = try? value.decode([Int].self) {
        self = .clip(codes)
      } else {
        self = .clips(try value.decode([[Int]].self))
      }
    }
  }

  /// How many different ones, or each with its count.
  enum Codes: Decodable {
    case count(Int)
    case counts([[Int]])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let count = try? value.decode(Int.self) {
        self = .count(count)
      } else {
        self = .counts(try value.decode([[Int]].self))
      }
    }
  }

  enum CodingKeys: String, CodingKey {
    case step
    case bits
    case codes
    case dimensions
    case bitOrder = "bit_order"
    case leak
    case levels
  }

  init(_ line: [UInt8]) throws {
    do {
      self = try JSONDecoder().decode(CodebookLine.self, from: Data(line))
    } catch DecodingError.keyNotFound(let key, _) {
      throw CodebookLines.Fault(text: "it lacks “\(key.stringValue)”")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let field = context.codingPath.last { $0.intValue == nil }?.stringValue ?? "it"
      throw CodebookLines.Fault(text: "“\(field)” has the wrong type")
    }
  }

  func diagnosis(seed: UInt64, thresholds: AlertThresholds) throws -> CodebookDiagnosis {
    let order = bitOrder.map { CodeFormat.BitOrder(rawValue: $0) } ?? .msb
    guard let order,
      let format = CodeFormat(
        bits: bits, codes: codes, dimensions: dimensions, bitOrder: order, quantizer: nil)
    else {
      throw CodebookLines.Fault(
        text: "“bits”, “codes” or “dimensions” must say what codes there are")
    }
    guard !levels.isEmpty, levels.count <= 64 else {
      throw CodebookLines.Fault(text: "“levels” must have 1 to 64 entries")
    }
    let numbers = levels.enumerated().map { $1.level ?? $0 + 1 }
    guard Set(numbers).count == numbers.count else {
      throw CodebookLines.Fault(text: "a level is there twice")
    }
    let found = try zip(numbers, levels).map { number, level in
      try LevelReader(number: number, level: level, format: format).diagnosis(seed: seed)
    }
    // Nothing in a line says how many values a leak was looked for in.
    let check = leak.map { LeakCheck(values: 1, largest: $0) }
    return CodebookDiagnosis(
      levels: found.sorted { $0.level < $1.level }, leak: check, thresholds: thresholds)
  }
}

/// Checks one level of a line against itself.
private struct LevelReader {
  let number: Int
  let level: CodebookLine.Level
  let format: CodeFormat

  func diagnosis(seed: UInt64) throws -> LevelDiagnosis {
    let (histogram, spread) = try counted()
    let latents = try self.latents(tokens: histogram?.tokens ?? tokenCount)
    if let histogram, histogram.tokens > 0 {
      return LevelDiagnosis(
        level: number, histogram: histogram, seed: seed, clips: spread, latents: latents,
        reportedEntropy: level.entropy)
    }
    let tokens = tokenCount
    guard (0...Self.mostTokens).contains(tokens) else { throw fault("“tokens” is out of range") }
    guard case .count(let used) = level.codes, used >= 0, used <= tokens,
      used <= format.codebookSize
    else {
      throw fault("“codes” must say how many different ones there are, or each with its count")
    }
    return LevelDiagnosis(
      level: number, tokens: tokens, codebookSize: format.codebookSize, used: used,
      bitStatistics: try bitStatistics(tokens: tokens), clips: spread, latents: latents,
      reportedEntropy: level.entropy)
  }

  private static let mostTokens = 1 << 40
  private static let mostCounted = 1 << 40

  private var tokenCount: Int {
    if case .count(let count) = level.tokens { count } else { 0 }
  }

  /// Nil where neither tokens nor the counts of codes are there.
  private func counted() throws -> (CodeHistogram?, ClipSpread?) {
    var usage = format.emptyUsage
    switch level.tokens {
    case .clip(let codes): usage.addClip(try checked(codes), level: 1)
    case .clips(let clips): for codes in clips { usage.addClip(try checked(codes), level: 1) }
    case .count(let count):
      if case .counts(let counts) = level.codes { try add(counts, of: count, to: &usage) }
      for clip in level.clips ?? [] {
        guard clip.count == 2, (0...Self.mostTokens).contains(clip[0]),
          (0...clip[0]).contains(clip[1])
        else { throw fault("“clips” must hold pairs of tokens and different codes") }
        usage.addClip(tokens: clip[0], used: clip[1], level: 1)
      }
    }
    return (usage.histograms[1], usage.clips[1])
  }

  private func add(_ counts: [[Int]], of tokens: Int, to usage: inout CodebookUsage) throws {
    var total = 0
    for pair in counts {
      guard pair.count == 2, pair[1] > 0, pair[1] <= Self.mostCounted else {
        throw fault("“codes” must hold pairs of a code and its count")
      }
      total += pair[1]
      guard total <= min(tokens, Self.mostCounted) else {
        throw fault("“codes” counts more tokens than there are")
      }
      usage.add(try checked(pair[..<1])[0], times: pair[1], level: 1)
    }
    guard total == tokens else { throw fault("“codes” does not count all tokens") }
  }

  private func checked(_ codes: some Sequence<Int>) throws -> [UInt32] {
    let found = format.codes(of: codes)
    guard found.misfit == nil, found.left == 0 else {
      throw fault("code \(found.misfit ?? -1) is outside of \(format.codebookSize) codes")
    }
    return found.codes
  }

  private func bitStatistics(tokens: Int) throws -> BitStatistics? {
    guard let ones = level.ones, let bits = format.bits else { return nil }
    let isSquare = ones.count == bits && ones.allSatisfy { $0.count == bits }
    let isPossible = ones.joined().allSatisfy { (0...tokens).contains($0) }
    guard isSquare, isPossible else {
      throw fault("“ones” must be \(bits) rows of \(bits) counts, none above the tokens")
    }
    return BitStatistics(jointOnes: ones, tokens: tokens)
  }

  private func latents(tokens: Int) throws -> LatentStatistics? {
    guard level.reach != nil || level.residual != nil || level.dtype != nil else { return nil }
    let values = tokens.multipliedReportingOverflow(by: format.bits ?? 1).partialValue
    var result = LatentStatistics(slope: level.slope)
    if let reach = level.reach, let slope = level.slope {
      guard (0...1).contains(reach), slope > 0 else { throw fault("“reach” is no share of |z|") }
      result = LatentStatistics(
        slope: slope, values: max(0, values), inReach: reach, meanSize: level.size ?? .nan)
    }
    result.type = level.dtype.map { String($0.prefix(40)) }
    if let residual = level.residual, residual.count > 1 {
      let scales = level.scales ?? []
      result.add(
        stages: residual.indices.dropLast().map { stage in
          ResidualStage(
            scale: stage < scales.count ? scales[stage] : .nan, values: max(1, values),
            rmsBefore: residual[stage], rmsAfter: residual[stage + 1])
        })
    }
    return result
  }

  private func fault(_ text: String) -> CodebookLines.Fault {
    CodebookLines.Fault(text: "level \(number): \(text)")
  }
}
