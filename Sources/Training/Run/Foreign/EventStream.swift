/// The numbers of one event file of another program, as they come.
///
/// Holds at most one record that is not whole: those that are longer than any with numbers are passed
/// over.
struct EventStream: Sendable {
  /// Bytes.
  static let longestRecord = 4 << 20

  private var file: GrowingFile
  /// What was read and is no whole record yet.
  private var pending: [UInt8] = []
  /// How many bytes of a long record are still to come.
  private var passing = 0
  private var badChecksums = 0
  private var isBroken = false

  init(path: String) { file = GrowingFile(path: path) }

  var extent: (read: Int, size: Int) { file.extent }

  /// What is wrong with the file, in a line; nil if nothing is.
  var notice: String? {
    let name = file.path.split(separator: "/").last ?? ""
    if isBroken { return "\(name) is damaged in the middle; the rest of it cannot be read" }
    guard badChecksums > 0 else { return nil }
    return badChecksums == 1
      ? "\(name): a record does not fit its checksum and may be missing"
      : "\(name): \(badChecksums) records do not fit their checksums and may be missing"
  }

  /// - Parameter limit: the most bytes to read at once.
  mutating func read(limit: Int) -> NumberGrowth {
    let growth = file.read(limit: limit)
    var result = NumberGrowth(isRestarted: growth.isRestarted, hasBytes: !growth.bytes.isEmpty)
    if growth.isRestarted {
      (pending, passing, badChecksums, isBroken) = ([], 0, 0, false)
    }
    // A file that cannot be followed is read on, so that another in its place is noticed.
    guard !isBroken, !growth.bytes.isEmpty else { return result }
    let passed = min(passing, growth.bytes.count)
    passing -= passed
    pending += growth.bytes[passed...]
    var records = EventRecords(
      pending, content: .numbers, isWhole: extent.read >= extent.size,
      trusted: Self.longestRecord)
    while let record = records.next() {
      guard let event = record.event else { continue }
      for case (let tag, .scalar(let value)) in event.values {
        result.numbers.append(
          LoggedNumber(tag: tag, step: event.step, time: event.time, value: value))
      }
    }
    badChecksums += records.badChecksums
    isBroken = records.isDamaged
    pending = isBroken ? [] : Array(pending[records.offset...])
    if pending.count + records.missing > Self.longestRecord, !isBroken {
      passing = records.missing
      pending = []
    }
    return result
  }
}

/// One number as a file tells it.
struct LoggedNumber: Sendable, Equatable {
  var tag: String
  var step: Int
  /// Seconds since 1970; 0 if it is not told.
  var time: Double
  var value: Double
}

/// What is new in a file of numbers.
struct NumberGrowth: Sendable {
  /// All that was read of the file before does not count any more.
  var isRestarted = false
  var hasBytes = false
  var numbers: [LoggedNumber] = []
}
