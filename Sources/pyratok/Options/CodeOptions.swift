import ArgumentParser
import Evaluation

/// How to read the integers of other programs.
struct CodeOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "For arrays: the bits of a code.")
  var bits: Int?

  @Option(parsing: .unconditional, help: "For arrays: the size of the codebook.")
  var codes: Int?

  @Option(help: "For arrays of FSQ codes: the values of each dimension, such as 8,5,5,5.")
  var levels: String?

  @Option(
    help:
      "For arrays: whether the latent's first dimension is the highest bit (msb) or the lowest (lsb)."
  )
  var bitOrder: CodeFormat.BitOrder = .msb

  @Option(help: "For arrays: lfq and bsq codes are bits, fsq and vq codes are not.")
  var quantizer: CodeFormat.Quantizer?

  @Option(
    help: """
      For arrays of values before the sign: k of the entropy term's σ(k z), to tell saturation; \
      4·invT of LFQ, 2·invT of PyraTok.
      """)
  var slope: Double?

  @Option(
    help: """
      For arrays of values before the sign: what a bit adds at each stage of a residual quantizer, \
      such as 1,0.5,0.25.
      """)
  var scales: String?

  @Option(
    help: """
      For fields [..., bits, H, W] of values before the sign, of multi-scale BSQ: the side of each \
      scale, such as 1,2,4.
      """)
  var grids: String?

  func validate() throws {
    guard bits != nil || codes != nil || levels != nil else {
      guard slope == nil, scales == nil, grids == nil else {
        throw ValidationError("--slope, --scales and --grids need --bits.")
      }
      return
    }
    guard format != nil else {
      throw ValidationError(
        "--bits takes 1 to 32, --codes at least 1, --levels two or more numbers from 2 on, and all "
          + "must agree.")
    }
    if let slope, !(slope > 0 && slope.isFinite) {
      throw ValidationError("--slope must be above 0.")
    }
    if let sides {
      guard (1...16).contains(sides.count), sides.allSatisfy({ (1...4_096).contains($0) }) else {
        throw ValidationError("--grids takes 1 to 16 whole numbers, such as 1,2,4.")
      }
      guard format?.bits != nil, scales == nil else {
        throw ValidationError("--grids needs --bits, and goes without --scales.")
      }
    }
    guard scales == nil || parsedScales != nil else {
      throw ValidationError("--scales takes 1 to 16 numbers above 0, such as 1,0.5,0.25.")
    }
  }

  private var sides: [Int]? {
    grids.map { $0.contains(",") ? CodeFormat.list($0) ?? [] : [Int($0) ?? 0] }
  }

  /// Nil where nothing was said.
  var format: CodeFormat? {
    if levels != nil, levels.flatMap(CodeFormat.list) == nil { return nil }
    var result = CodeFormat(
      bits: bits, codes: codes, dimensions: levels.flatMap(CodeFormat.list), bitOrder: bitOrder,
      quantizer: quantizer)
    result?.slope = slope
    if let sides { result?.sides = sides }
    if let parsedScales { result?.scales = parsedScales }
    return result
  }

  private var parsedScales: [Double]? {
    guard let scales else { return nil }
    let numbers = scales.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0.filter { $0 != " " }) ?? .nan }
    return (1...16).contains(numbers.count) && numbers.allSatisfy { $0 > 0 && $0.isFinite }
      ? numbers : nil
  }
}

extension CodeFormat.BitOrder: ExpressibleByArgument {}
extension CodeFormat.Quantizer: ExpressibleByArgument {}
