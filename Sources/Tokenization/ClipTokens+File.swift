import FoundationEssentials
import Tensors

extension ClipTokens {
  package static let fileFormat = "pyratok.tokens.1"

  /// Replaces `path` at once; equal tokens give equal bytes.
  package func write(to path: String) throws {
    try file.write(to: path)
  }

  /// The token file in memory.
  package var file: SafetensorsFile {
    var metadata = otherMetadata
    metadata["format"] = Self.fileFormat
    metadata["model"] = model
    metadata["model_sha256"] = modelSHA256
    metadata["bits"] = String(bits)
    metadata["bit_order"] = "msb"
    metadata["levels"] = String(grids.count)
    metadata["strides"] = "[" + strides.map(Self.list).joined(separator: ",") + "]"
    metadata["frames"] = String(clip.frames)
    metadata["width"] = String(clip.width)
    metadata["height"] = String(clip.height)
    metadata["padded"] = Self.list(padded)
    metadata["frame_rate"] = clip.frameRate.description
    metadata["start_frame"] = String(clip.startFrame)
    metadata["color"] = "rgb-full"
    metadata["caption"] = clip.caption
    var tensors = otherTensors
    for grid in grids {
      tensors["tokens.level\(grid.level)"] =
        bits > 16
        ? StoredTensor(grid.codes, shape: grid.shape)
        : StoredTensor(grid.codes.map(UInt16.init(truncatingIfNeeded:)), shape: grid.shape)
    }
    tensors["times"] = clip.times.map { StoredTensor($0, shape: [$0.count]) }
    return SafetensorsFile(metadata: metadata, tensors: tensors)
  }

  /// Throws `TokenizationError` or `TensorFileError` with one line for whatever is wrong.
  package static func read(_ path: String) throws -> ClipTokens {
    try TokenFileReader(path: path).tokens()
  }

  private static func list(_ numbers: [Int]) -> String {
    "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }
}

/// Checks every field of a token file against every other.
private struct TokenFileReader {
  let path: String
  let file: SafetensorsFile

  init(path: String) throws {
    self.path = path
    file = try SafetensorsFile.read(path)
  }

  func tokens() throws -> ClipTokens {
    try expect("format", is: ClipTokens.fileFormat)
    try expect("bit_order", is: "msb")
    try expect("color", is: "rgb-full")
    let bits = try number("bits", in: 1...32)
    let levels = try number("levels", in: 1...16)
    let strides = try strides(levels: levels)
    let geometry = TokenGeometry(strides: strides)
    let frames = try number("frames", in: 1...1_000_000_000)
    let width = try number("width", in: 1...1_000_000)
    let height = try number("height", in: 1...1_000_000)
    let padded = geometry.padded(frames: frames, width: width, height: height)
    guard try list("padded", as: [Int].self) == padded else {
      throw fault("its padded size does not follow from its size and strides")
    }
    let grids = try (1...levels).map { level in
      try grid(level: level, shape: geometry.grid(level: level, padded: padded), bits: bits)
    }
    var tokens = ClipTokens(
      grids: grids, bits: bits, strides: strides,
      clip: ClipDescription(
        frames: frames, width: width, height: height, frameRate: try frameRate(),
        startFrame: try number("start_frame", in: 0...Int(Int32.max)),
        times: try times(frames: frames), caption: file.metadata["caption"]),
      model: try text("model"), modelSHA256: try hash())
    tokens.otherMetadata = file.metadata.filter { !Self.known.contains($0.key) }
    tokens.otherTensors = file.tensors.filter { !isOurs($0.key, levels: levels) }
    return tokens
  }

  private static let known: Set = [
    "format", "model", "model_sha256", "bits", "bit_order", "levels", "strides", "frames", "width",
    "height", "padded", "frame_rate", "start_frame", "color", "caption",
  ]

  private func isOurs(_ name: String, levels: Int) -> Bool {
    name == "times" || (1...levels).contains { name == "tokens.level\($0)" }
  }

  private func grid(level: Int, shape: [Int], bits: Int) throws -> TokenGrid {
    let name = "tokens.level\(level)"
    guard let tensor = file.tensors[name] else { throw fault("it lacks the tensor “\(name)”") }
    guard tensor.shape == shape else {
      throw fault("“\(name)” has the shape \(tensor.shape), and its size and strides give \(shape)")
    }
    let type: ElementType = bits > 16 ? .uint32 : .uint16
    guard tensor.type == type, let integers = tensor.integers else {
      throw fault("“\(name)” is \(tensor.type.rawValue), and \(bits) bits need \(type.rawValue)")
    }
    guard integers.allSatisfy({ $0 >> bits == 0 }) else {
      throw fault("“\(name)” holds codes of more than \(bits) bits")
    }
    return TokenGrid(
      level: level, t: shape[0], h: shape[1], w: shape[2], codes: integers.map(UInt32.init))
  }

  private func times(frames: Int) throws -> [Double]? {
    guard let tensor = file.tensors["times"] else { return nil }
    guard tensor.type == .float64, tensor.shape == [frames], let times = tensor.doubles else {
      throw fault("“times” must be F64 of [\(frames)]")
    }
    let rises = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
    guard rises, times.allSatisfy(\.isFinite) else { throw fault("its times do not rise") }
    guard times.allSatisfy({ (0...1e9).contains($0) }) else {
      throw fault("its times are outside 0…1000000000 seconds")
    }
    return times
  }

  private func strides(levels: Int) throws -> [[Int]] {
    let strides = try list("strides", as: [[Int]].self)
    guard strides.count == levels, strides.allSatisfy({ $0.count == 3 }),
      strides.joined().allSatisfy({ (1...65_536).contains($0) })
    else { throw fault("“strides” must be \(levels) triples of numbers") }
    // Every stride must divide the coarsest one, or no padded size would fit them all.
    let coarsest = TokenGeometry(strides: strides).coarsest
    guard strides.allSatisfy({ zip(coarsest, $0).allSatisfy { $0.isMultiple(of: $1) } }) else {
      throw fault("its strides do not divide each other")
    }
    return strides
  }

  private func frameRate() throws -> FrameRate {
    guard let rate = FrameRate(parsing: try text("frame_rate")) else {
      throw fault("“frame_rate” is not of the form 25/1")
    }
    guard max(rate.numerator, rate.denominator) <= Int32.max else {
      throw fault("“frame_rate” has a part above \(Int32.max)")
    }
    return rate
  }

  private func hash() throws -> String {
    let hash = try text("model_sha256")
    guard hash.utf8.count == 64, hash.allSatisfy(\.isHexDigit) else {
      throw fault("“model_sha256” is not a SHA-256")
    }
    return hash
  }

  private func expect(_ key: String, is expected: String) throws {
    let value = try text(key)
    guard value == expected else {
      throw fault("“\(key)” is \(value.quoted) and must be “\(expected)”")
    }
  }

  private func number(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    guard let number = Int(try text(key)), range.contains(number) else {
      throw fault("“\(key)” is not a number in \(range.lowerBound)…\(range.upperBound)")
    }
    return number
  }

  private func list<Value: Decodable>(_ key: String, as _: Value.Type) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(try text(key).utf8))
    } catch is DecodingError {
      throw fault("“\(key)” is not a list of whole numbers")
    }
  }

  private func text(_ key: String) throws -> String {
    guard let text = file.metadata[key] else { throw fault("it lacks the metadata “\(key)”") }
    return text
  }

  private func fault(_ reason: String) -> TokenizationError {
    .badTokens(path: path, reason: reason)
  }
}
