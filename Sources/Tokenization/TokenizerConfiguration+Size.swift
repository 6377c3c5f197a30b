// How many numbers a model has, known before any of them is made.
extension TokenizerConfiguration {
  /// The numbers in all weights together.
  package var weightCount: Int {
    encoderCount + quantizerCount + decoderCount + textCount + alignmentCount
  }

  private var encoderCount: Int {
    let downs = ratios.enumerated().map { index, ratio in
      let kernel = ratio.reduce(1) { $0 * ($1 == 2 ? 3 : 1) }
      return affine(widths[index] * kernel, widths[index + 1])
    }
    return affine(27 * patch * patch, widths[0]) + blocks(encoderBlocks) + downs.reduce(0, +)
  }

  private var quantizerCount: Int {
    let width = quantizerWidth
    let attention = 2 * width * width + 2 * textWidth * width
    let level =
      block(width) + 2 * width + textWidth + attention + 1 + affine(width, bits)
    let features = widths.dropFirst().reduce(0) { $0 + $1 + affine($1, width) }
    return levelCount * level + features + (levelCount - 1) * affine(27 * bits, width)
  }

  private var decoderCount: Int {
    let ups = ratios.enumerated().map { index, ratio in
      affine(bits, widths[index + 1])
        + affine(widths[index + 1], widths[index] * ratio.reduce(1, *))
    }
    return blocks(decoderBlocks) + ups.reduce(0, +) + widths[0]
      + affine(9 * widths[0], 3 * patch * patch)
  }

  private var textCount: Int {
    if let frozen = textEncoder {
      return frozen.width == textWidth ? 0 : affine(frozen.width, textWidth)
    }
    let layer =
      2 * textWidth + 4 * textWidth * textWidth + affine(textWidth, 2 * textWidth)
      + affine(2 * textWidth, textWidth)
    return (vocabularySize + textLength + 1) * textWidth + textLayers * layer
  }

  private var alignmentCount: Int {
    levelCount * (alignmentWidth.map { affine(bits, $0) } ?? 0)
      + affine(levelCount * (alignmentWidth ?? bits), AlignmentHead.width)
      + affine(textWidth, AlignmentHead.width)
  }

  private func blocks(_ counts: [Int]) -> Int {
    zip(counts, widths).reduce(0) { $0 + $1.0 * block($1.1) }
  }

  /// A residual block: two gains, kernels of 1·3·3 and 3·1·1, two biases.
  private func block(_ width: Int) -> Int {
    2 * width + affine(9 * width, width) + affine(3 * width, width)
  }

  private func affine(_ inputs: Int, _ outputs: Int) -> Int { (inputs + 1) * outputs }
}
