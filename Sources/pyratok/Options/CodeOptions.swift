import ArgumentParser
import Evaluation

/// How to read the integers of other programs.
struct CodeOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "For arrays: the bits of a code.")
  var bits: Int?

  @Option(parsing: .unconditional, help: "For arrays: the size of the codebook.")
  var codes: Int?

  @Option(
    help:
      "For arrays: whether the latent's first dimension is the highest bit (msb) or the lowest (lsb)."
  )
  var bitOrder: CodeFormat.BitOrder = .msb

  @Option(help: "For arrays: lfq and bsq codes are bits, fsq and vq codes are not.")
  var quantizer: CodeFormat.Quantizer?

  func validate() throws {
    guard bits != nil || codes != nil else { return }
    guard format != nil else {
      throw ValidationError("--bits takes 1 to 32, --codes at least 1, and both must agree.")
    }
  }

  /// Nil where nothing was said.
  var format: CodeFormat? {
    CodeFormat(bits: bits, codes: codes, bitOrder: bitOrder, quantizer: quantizer)
  }
}

extension CodeFormat.BitOrder: ExpressibleByArgument {}
extension CodeFormat.Quantizer: ExpressibleByArgument {}
