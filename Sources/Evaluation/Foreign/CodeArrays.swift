import Tensors
import Tokenization

/// Arrays of .npy, .npz and foreign .safetensors files as the codes of levels.
///
/// `level2`, `stage2`, `scale2` or `quantizer2` in an array's name says the level, everything else is
/// level 1; names that count from 0 are counted from 1. The first of four or more axes counts clips.
/// Floats are values before the sign: they are quantized here, and tell saturation and residuals too.
package struct CodeArrays: Sendable, Equatable {
  package private(set) var usage: CodebookUsage
  /// How arrays were understood that are no plain codes.
  package private(set) var notices: [String] = []

  /// - Parameter told: what people said about the codes; else the file must say it.
  package static func read(_ path: String, as told: CodeFormat?) throws -> CodeArrays {
    if path.hasSuffix(".npz") {
      return try CodeArrays(NumpyArchive.read(path), path, told)
    }
    if path.hasSuffix(".npy") {
      return try CodeArrays([("the array", try NumpyFile.read(path).array)], path, told)
    }
    let file = try SafetensorsFile.read(path)
    let arrays = file.tensors.sorted { $0.key < $1.key }.map { (name: $0.key, array: $0.value) }
    return try CodeArrays(arrays, path, told ?? CodeFormat(metadata: file.metadata))
  }

  private init(
    _ arrays: [(name: String, array: StoredTensor)], _ path: String, _ told: CodeFormat?
  ) throws {
    var format = told
    if format == nil, let found = CodeFormat.commaVQ(arrays.map(\.array)) {
      format = found
      notices.append("looks like commaVQ: taken as 1024 codes; --codes or --bits says otherwise")
    }
    guard let format else { throw CodeFileError.unknownCodebook(path) }
    usage = format.emptyUsage
    let isZeroBased = arrays.contains { CodeArrays.number(in: $0.name) == 0 }
    var latents: [Int: [Double]] = [:]
    for (name, array) in arrays {
      let level = (CodeArrays.number(in: name) ?? (isZeroBased ? 0 : 1)) + (isZeroBased ? 1 : 0)
      if array.type.isFloatingPoint {
        // What the decoder saw belongs to latents, which may come later.
        guard !CodeArrays.isSeen(name) else { continue }
        latents[level] = try add(array, name, level: level, format, path)
      } else {
        try add(integers: array, name, level: level, format, path)
      }
    }
    for (name, array) in arrays where array.type.isFloatingPoint && CodeArrays.isSeen(name) {
      let level = (CodeArrays.number(in: name) ?? (isZeroBased ? 0 : 1)) + (isZeroBased ? 1 : 0)
      guard let sums = latents[level], let seen = array.doubles, seen.count == sums.count else {
        notices.append("\(name) is left out: there are no values before the sign of its shape")
        continue
      }
      usage.add(LeakCheck(seen: seen, fromCodes: sums))
    }
    guard usage.histograms.values.contains(where: { $0.tokens > 0 }) else {
      throw CodeFileError.empty(path)
    }
  }

  // MARK: Integers

  private mutating func add(
    integers array: StoredTensor, _ name: String, level: Int, _ format: CodeFormat, _ path: String
  ) throws {
    guard let stored = array.integers else { throw CodeFileError.notIntegers(path, array: name) }
    let (integers, notice) = BitArrays.codes(of: stored, shape: array.shape, as: format)
    if let notice { notices.append("\(name) \(notice)") }
    let clips = array.shape.count >= 4 ? max(1, array.shape[0]) : 1
    let size = integers.count / clips
    var left = 0
    for clip in 0..<clips where size > 0 {
      let found = format.codes(of: integers[clip * size..<(clip + 1) * size])
      if let misfit = found.misfit {
        throw CodeFileError.outOfRange(path, value: misfit, size: format.codebookSize)
      }
      left += found.left
      usage.addClip(found.codes, level: level)
    }
    if left > 0 { notices.append("\(name): \(left) times −1, a stage left out, is not counted") }
  }

  // MARK: Values before the sign

  /// Gives what the codes stand for.
  private mutating func add(
    _ array: StoredTensor, _ name: String, level: Int, _ format: CodeFormat, _ path: String
  ) throws -> [Double] {
    if !format.sides.isEmpty {
      return try add(field: array, name, level: level, format, path)
    }
    let width = format.bits ?? format.dimensions?.count ?? 0
    guard let values = array.doubles, width > 0, array.shape.last == width,
      level + format.scales.count < 1 << 16
    else {
      guard width > 0 else { throw CodeFileError.notIntegers(path, array: name) }
      throw CodeFileError.badLatents(path, array: name, width: width)
    }
    let strange = values.count { !$0.isFinite }
    if strange > 0 { notices.append("\(name): \(strange) values are no finite numbers") }
    if let dimensions = format.dimensions {
      notices.append("\(name) holds values before rounding: quantized by --levels")
      usage.addClip(FiniteScalars.codes(of: values, levels: dimensions), level: level)
      return []
    }
    notices.append("\(name) holds values before the sign: quantized here")
    let isNormalized = format.quantizer == .bsq
    let rows = isNormalized ? CodeArrays.normalized(values, width: width) : values
    let unit = isNormalized ? 1 / Double(width).squareRoot() : 1
    let ladder = ResidualLadder(rows, bits: width, scales: format.scales.map { $0 * unit })
    for (stage, codes) in ladder.codes.enumerated() {
      usage.addClip(codes, level: level + stage)
    }
    var statistics = LatentStatistics(slope: format.slope)
    statistics.add(rows)
    statistics.add(stages: ladder.stages)
    usage.add(statistics, level: level)
    return ladder.sums
  }

  /// Fields of multi-scale BSQ: scale k is level k; the axes before the last three count clips.
  private mutating func add(
    field array: StoredTensor, _ name: String, level: Int, _ format: CodeFormat, _ path: String
  ) throws -> [Double] {
    let (channels, shape) = (format.bits ?? 0, Array(array.shape.suffix(3)))
    let side = format.sides.max() ?? 1
    guard let values = array.doubles, shape.count == 3, channels > 0, shape[0] == channels,
      min(shape[1], shape[2]) >= side
    else { throw CodeFileError.badField(path, array: name, channels: channels, side: side) }
    notices.append("\(name) holds fields before the sign: quantized here, scale by scale")
    let size = shape.reduce(1, *)
    var sums: [Double] = []
    for start in stride(from: 0, to: values.count, by: size) {
      let scales = MultiScaleSpheres(
        Array(values[start..<start + size]), channels: channels, height: shape[1],
        width: shape[2], sides: format.sides)
      for (scale, codes) in scales.codes.enumerated() {
        usage.addClip(codes, level: level + scale)
      }
      var statistics = LatentStatistics(slope: nil)
      statistics.add(stages: scales.stages)
      usage.add(statistics, level: level)
      sums += scales.sums
    }
    return sums
  }

  /// Each row over its Euclidean norm; a row of zeros stays one.
  private static func normalized(_ values: [Double], width: Int) -> [Double] {
    var result = values
    for start in stride(from: 0, to: values.count, by: width) {
      let norm = values[start..<start + width].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { continue }
      for index in start..<start + width { result[index] /= norm }
    }
    return result
  }

  // MARK: Names

  private static let levelWords = [
    "level", "lvl", "stage", "scale", "quantizer", "codebook", "layer",
  ]

  /// The number behind a word for levels; nil for others.
  private static func number(in name: String) -> Int? {
    let name = name.lowercased()
    for word in levelWords {
      guard let range = name.firstRange(of: word) else { continue }
      let digits = name[range.upperBound...].drop { $0 == "_" || $0 == "." || $0 == "-" }
        .prefix { $0.isASCII && $0.isNumber }
      if let number = Int(digits), number < 1000 { return number }
    }
    return nil
  }

  /// Whether a name says that an array is what the decoder was given.
  private static func isSeen(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["seen", "decoder_input", "quantized", "z_q", "zq"].contains { name.contains($0) }
  }
}

extension CodeFormat {
  /// From what files say of themselves: `bits`, or `vocab_size`, `codebook_size` or `codes`, with
  /// `bit_order` and `quantizer`; FSQ's values of each dimension as `levels`, [8,5,5,5].
  package init?(metadata: [String: String]) {
    func number(_ keys: String...) -> Int? {
      keys.lazy.compactMap { metadata[$0] }.first.flatMap(Int.init)
    }
    let dimensions = metadata["levels"].flatMap(CodeFormat.list)
    self.init(
      bits: dimensions == nil ? number("bits", "num_bits", "token_bits") : nil,
      codes: number("vocab_size", "codebook_size", "codes", "num_codes"), dimensions: dimensions,
      bitOrder: metadata["bit_order"].flatMap { BitOrder(rawValue: $0.lowercased()) } ?? .msb,
      quantizer: metadata["quantizer"].flatMap { Quantizer(rawValue: $0.lowercased()) })
  }

  /// Numbers between commas, in brackets or not; nil for fewer than two.
  package static func list(_ text: String) -> [Int]? {
    let parts = text.filter { $0 != "[" && $0 != "]" && $0 != " " }
      .split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.count > 1 && !parts.contains(nil) ? parts.compactMap(\.self) : nil
  }

  /// Frames of 8 x 16 codes below 1024 in 16 bits, as commaVQ has them.
  fileprivate static func commaVQ(_ arrays: [StoredTensor]) -> CodeFormat? {
    let isIt = arrays.allSatisfy { array in
      (array.type == .int16 || array.type == .uint16) && array.shape.count >= 3
        && array.shape.suffix(2) == [8, 16]
        && (array.integers ?? [-1]).allSatisfy { (0..<1024).contains($0) }
    }
    return isIt && !arrays.isEmpty
      ? CodeFormat(bits: nil, codes: 1024, bitOrder: .msb, quantizer: .vq) : nil
  }
}
