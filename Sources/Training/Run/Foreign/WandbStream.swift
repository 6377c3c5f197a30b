/// The numbers of an offline run of W&B (`run-ID.wandb`), as they come.
///
/// Of each `Record` only 2, `HistoryRecord`, is read: 1 items {1 key, 2 nested key, 16 JSON},
/// 2 step {1 number}.
struct WandbStream: Sendable {
  private static let longestRecord = 4 << 20

  private var file: GrowingFile
  private var log = RecordLog(longest: longestRecord)
  private var badRecords = 0
  private var lastStep = 0

  init(path: String) { file = GrowingFile(path: path) }

  var extent: (read: Int, size: Int) { file.extent }

  var notice: String? {
    let name = file.path.split(separator: "/").last ?? ""
    if log.isRefused { return "\(name) is no file of W&B" }
    let bad = log.badChunks + badRecords
    guard bad > 0 else { return nil }
    return "\(name): \(bad == 1 ? "a part is" : "\(bad) parts are") damaged and left out"
  }

  /// - Parameter limit: the most bytes to read at once.
  mutating func read(limit: Int) -> NumberGrowth {
    let growth = file.read(limit: limit)
    if growth.isRestarted {
      log = RecordLog(longest: Self.longestRecord)
      (badRecords, lastStep) = (0, 0)
    }
    var result = NumberGrowth(isRestarted: growth.isRestarted, hasBytes: !growth.bytes.isEmpty)
    for record in log.add(growth.bytes[...]) {
      guard let fields = MessageFields(record[...]) else {
        badRecords += 1
        continue
      }
      for case (2, .bytes(let history)) in fields.list { add(history, to: &result.numbers) }
    }
    return result
  }

  private mutating func add(_ history: ArraySlice<UInt8>, to numbers: inout [LoggedNumber]) {
    guard let fields = MessageFields(history) else {
      badRecords += 1
      return
    }
    var time = 0.0
    var found: [(name: String, value: Double)] = []
    for field in fields.list {
      switch field {
      case (1, .bytes(let bytes)):
        for (name, value) in Self.item(bytes) {
          switch name {
          case "_step": lastStep = Self.step(value)
          case "_timestamp": time = value
          case "_runtime", "_wandb/runtime": break
          default: found.append((name, value))
          }
        }
      case (2, .bytes(let bytes)):
        for case (1, .varint(let number)) in MessageFields(bytes)?.list ?? [] {
          lastStep = Int(truncatingIfNeeded: number)
        }
      default: break
      }
    }
    numbers += found.map {
      LoggedNumber(tag: $0.name, step: lastStep, time: time, value: $0.value)
    }
  }

  private static func step(_ value: Double) -> Int {
    value.isFinite ? Int(min(max(value, -1), 1e15)) : -1
  }

  /// The numbers of one item: one, or those within an object.
  private static func item(_ bytes: ArraySlice<UInt8>) -> [(name: String, value: Double)] {
    guard let fields = MessageFields(bytes) else { return [] }
    var keys: [String] = []
    var json: ArraySlice<UInt8> = []
    for field in fields.list {
      switch field {
      case (1...2, .bytes(let key)): keys.append(String(decoding: key, as: UTF8.self))
      case (16, .bytes(let text)): json = text
      default: break
      }
    }
    let key = keys.filter { !$0.isEmpty }.joined(separator: "/")
    let object = NumberObject(Array("{\"v\":".utf8) + json + [UInt8(ascii: "}")])
    return (object?.numbers ?? []).map { (key + $0.name.dropFirst(1), $0.value) }
  }
}
