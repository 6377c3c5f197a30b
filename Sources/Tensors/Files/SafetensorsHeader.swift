/// The JSON header of a safetensors file, read without trusting it.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var type: ElementType
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  struct Problem: Error {
    var reason: String
  }

  private(set) var metadata: [String: String] = [:]
  /// In the order of their bytes once `checkLayout` has passed.
  private(set) var entries: [Entry] = []

  init(parsing text: [UInt8]) throws {
    var scanner = JSONScanner(text)
    guard text.first == UInt8(ascii: "{") else {
      throw Problem(reason: "its header does not begin with “{”")
    }
    var seen: Set<String> = []
    try scanner.object { scanner, name in
      guard seen.insert(name).inserted else {
        throw Problem(reason: "its header names \(name.quotedForMessage) twice")
      }
      if name == "__metadata__" {
        metadata = try Self.metadata(&scanner)
      } else {
        entries.append(try Self.entry(&scanner, name: name))
      }
    }
    try scanner.end()
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
  }

  /// Offsets must cover the data from the first byte to the last, each byte once.
  func checkLayout(dataSize: Int) throws {
    var position = 0
    for entry in entries {
      guard entry.begin == position, entry.end >= entry.begin else {
        let fault = entry.begin < position ? "overlaps another tensor" : "leaves a hole before it"
        throw Problem(reason: "tensor \(entry.name.quotedForMessage) \(fault)")
      }
      guard entry.end <= dataSize else {
        throw Problem(reason: "tensor \(entry.name.quotedForMessage) ends beyond the file")
      }
      position = entry.end
    }
    guard position == dataSize else {
      throw Problem(reason: "\(dataSize - position) bytes at its end belong to no tensor")
    }
  }

  /// Length and JSON, padded with spaces so that the data begins at a multiple of 8.
  static func bytes(
    metadata: [String: String], names: [String], tensors: [String: StoredTensor]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        $0.quotedForJSON + ":" + $1.quotedForJSON
      }
      fields.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    var position = 0
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = position + tensor.bytes.count
      fields.append(
        "\(name.quotedForJSON):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(position),\(end)]}")
      position = end
    }
    var text = [UInt8](("{" + fields.joined(separator: ",") + "}").utf8)
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    return rawBytes([UInt64(text.count)]) + text
  }

  private static func metadata(_ scanner: inout JSONScanner) throws -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object { scanner, key in
      guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
        throw Problem(reason: "its metadata names \(key.quotedForMessage) twice")
      }
    }
    return metadata
  }

  private static func entry(_ scanner: inout JSONScanner, name: String) throws -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { scanner, key in
      switch key {
      case "dtype" where type == nil: type = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers()
      case "data_offsets" where offsets == nil: offsets = try scanner.integers()
      default:
        throw Problem(
          reason: "tensor \(name.quotedForMessage) has an unexpected \(key.quotedForMessage)")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw Problem(reason: "tensor \(name.quotedForMessage) lacks its dtype, shape or offsets")
    }
    guard let element = ElementType(rawValue: type) else {
      throw Problem(
        reason: "tensor \(name.quotedForMessage) has the unknown dtype \(type.quotedForMessage)")
    }
    let size = shape.reduce(element.size as Int?) { size, side in
      guard let (product, overflow) = size?.multipliedReportingOverflow(by: side), !overflow
      else { return nil }
      return product
    }
    guard let size, offsets[1] >= offsets[0], offsets[1] - offsets[0] == size else {
      throw Problem(
        reason: "tensor \(name.quotedForMessage) of shape \(shape) does not fit its \(type) bytes")
    }
    return Entry(name: name, type: element, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
