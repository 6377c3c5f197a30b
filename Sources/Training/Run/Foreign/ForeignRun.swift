import FoundationEssentials
import Glibc
import Tokenization

/// A run that another program logs: TensorBoard event files, `metrics.jsonl` of any program, and
/// offline runs of W&B.
///
/// Each `poll` costs what is new. Several files are read as one run; those of folders within it have
/// the folder before their names. A file that was cut or replaced has all of them read again.
package struct ForeignRun: Sendable {
  package let path: String
  /// The last step of any number.
  package private(set) var lastStep = 0
  /// The last value of the loss, if one of the numbers is one.
  package private(set) var lastLoss: Double?
  /// What is wrong with the files, a line each.
  package private(set) var notices: [String] = []
  /// Seconds since 1970 when one of the files was last written; 0 without any.
  package private(set) var writtenAt = 0.0

  private var files: ForeignFiles
  private var sources: [Source] = []
  private var columns: [String: ForeignColumn] = [:]
  /// Names in the order in which they came.
  private var tags: [String] = []
  private var roles: Set<NumberRole> = []
  private var isZeroBased = false
  private var isRestarted = false
  /// Names that came when there were too many already.
  private var hasTooMany = false
  private let thresholds: AlertThresholds
  private var rules: ForeignRules
  private var precision: PrecisionSetting?

  /// Further names are left out.
  static let mostTags = 2_048
  /// Seconds without a number after which a run does not count as running.
  static let patience = 120.0

  private struct Source: Sendable {
    let entry: ForeignFiles.Entry
    private var events: EventStream?
    private var lines: NumberLines?
    private var log: WandbStream?

    init(_ entry: ForeignFiles.Entry) {
      self.entry = entry
      switch entry.kind {
      case .events: events = EventStream(path: entry.path)
      case .lines: lines = NumberLines(path: entry.path)
      case .wandb: log = WandbStream(path: entry.path)
      }
    }

    mutating func read(limit: Int) -> NumberGrowth {
      events?.read(limit: limit) ?? lines?.read(limit: limit) ?? log?.read(limit: limit)
        ?? NumberGrowth()
    }

    var extent: (read: Int, size: Int) {
      events?.extent ?? lines?.extent ?? log?.extent ?? (0, 0)
    }
    var notice: String? { events?.notice ?? lines?.notice ?? log?.notice }
    var precision: PrecisionSetting? { lines?.precision }
  }

  /// Nil if there are no such files.
  package init?(path: String, thresholds: AlertThresholds = AlertThresholds()) {
    self.path = path
    self.thresholds = thresholds
    rules = ForeignRules(thresholds: thresholds)
    files = ForeignFiles(path: path)
    _ = files.look()
    guard !files.entries.isEmpty else { return nil }
    sources = files.entries.map { Source($0) }
  }

  /// Whether there is anything but metrics.jsonl in the folder itself.
  var holdsMoreThanLines: Bool {
    files.entries.contains { $0.name != "metrics.jsonl" || !$0.folder.isEmpty }
  }

  /// Reads what is new and says whether anything was.
  ///
  /// - Parameter limit: the most bytes of each file to read now; call again for the rest.
  package mutating func poll(limit: Int = 8 << 20) -> Bool {
    if files.look() { takeNewFiles() }
    var hasNew = false
    // Older files are read to their end before those that may go back behind it.
    var unfinished: Set<String> = []
    for index in sources.indices where !unfinished.contains(sources[index].entry.folder) {
      let growth = sources[index].read(limit: limit)
      if growth.isRestarted {
        restart()
        // Nothing was read of them yet, so that none can begin again.
        _ = poll(limit: limit)
        return true
      }
      hasNew = hasNew || growth.hasBytes
      let entry = sources[index].entry
      let extent = sources[index].extent
      if growth.hasBytes, extent.read < extent.size { unfinished.insert(entry.folder) }
      for number in growth.numbers { add(number, entry) }
    }
    if hasNew {
      for tag in tags where columns[tag]?.watchAgain() == true {
        rules = ForeignRules(thresholds: thresholds)
      }
      rules.judge(tags, columns)
      precision = sources.lazy.compactMap(\.precision).first
      notices = sources.compactMap(\.notice) + limits
      writtenAt = sources.map { Self.written($0.entry.path) }.max() ?? 0
    }
    return hasNew
  }

  /// Files that are gone keep their numbers.
  private mutating func takeNewFiles() {
    let known = Set(sources.map(\.entry))
    sources += files.entries.filter { !known.contains($0) }.map { Source($0) }
    sources.sort { ($0.entry.folder, $0.entry.name) < ($1.entry.folder, $1.entry.name) }
  }

  private mutating func restart() {
    sources = files.entries.map { Source($0) }
    (columns, tags, roles, isZeroBased) = ([:], [], [], false)
    (lastStep, lastLoss, hasTooMany, isRestarted) = (0, nil, false, true)
    rules = ForeignRules(thresholds: thresholds)
  }

  private mutating func add(_ number: LoggedNumber, _ entry: ForeignFiles.Entry) {
    // Some write what belongs to no step at -1.
    guard number.step >= 0, !number.tag.isEmpty, number.tag.utf8.count <= 512 else { return }
    let tag = entry.folder.isEmpty ? number.tag : "\(entry.folder)/\(number.tag)"
    if columns[tag] == nil {
      guard columns.count < Self.mostTags else {
        hasTooMany = true
        return
      }
      columns[tag] = ForeignColumn(
        tag: Self.printable(tag), role: role(of: number.tag, in: entry.folder),
        source: entry.name)
      tags.append(tag)
    }
    let step = Int32(clamping: number.step)
    let takesBack = columns[tag]?.add(step: step, value: number.value, source: entry.name)
    if takesBack == true { isRestarted = true }
    lastStep = max(lastStep, Int(step))
    if columns[tag]?.series.role == .loss { lastLoss = number.value }
  }

  /// Only one number can be the loss; all others of a kind are charts of their own.
  private mutating func role(of tag: String, in folder: String) -> NumberRole {
    var role = NumberRole(tag: tag)
    if role == .loss, TagWords(folder).hasAny(of: TagWords.validations) { role = .validationLoss }
    if case .codebook(let number, let level?) = role {
      if level == 0 { isZeroBased = true }
      role = .codebook(number, level: isZeroBased ? level + 1 : level)
    } else if role != .other, !roles.insert(role).inserted, !role.isOfCodebook {
      role = .other
    }
    return role
  }

  private static func printable(_ tag: String) -> String {
    var text = String.UnicodeScalarView()
    for letter in tag.unicodeScalars {
      let isShown: Bool
      switch letter.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: isShown = false
      default: isShown = true
      }
      text.append(isShown ? letter : "?")
    }
    return String(text)
  }

  private var limits: [String] {
    var lines: [String] = []
    if files.left > 0 {
      lines.append("\(files.left) more files are left out; watch one of the folders within")
    }
    if hasTooMany { lines.append("only the first \(Self.mostTags) names are shown") }
    return lines
  }

  /// Seconds since 1970 when a file was last written; 0 if it is not there.
  static func written(_ path: String) -> Double {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
  }

  // MARK: What it means

  /// What is new since this was last asked, by name; all of it if numbers were taken back.
  package mutating func takeSeries() -> (series: [RunSeries], isRestarted: Bool) {
    let all = isRestarted
    isRestarted = false
    return (tags.compactMap { columns[$0]?.take(all: all) }, all)
  }

  /// How much of the files was read, from 0 to 1.
  package var readShare: Double {
    let extents = sources.map(\.extent)
    let size = extents.reduce(0) { $0 + $1.size }
    return size == 0 ? 1 : Double(extents.reduce(0) { $0 + $1.read }) / Double(size)
  }

  /// Seconds for which nothing was written.
  package var quietSeconds: Double { max(0, Date().timeIntervalSince1970 - writtenAt) }

  /// Running while files are written; what ended it cannot be told.
  package var state: RunState? { quietSeconds < Self.patience ? .running : nil }

  /// The gravest first.
  package var alerts: [Alert] {
    let found = tags.compactMap { columns[$0]?.watch?.alert } + tags.compactMap { brokenLoss($0) }
    return Alert.byGravity(found + rules.alerts + [precision?.alert].compactMap(\.self))
  }

  private func brokenLoss(_ tag: String) -> Alert? {
    guard let series = columns[tag]?.series, series.role == .loss, let last = series.values.last,
      !last.isFinite
    else { return nil }
    let good = series.values.lastIndex(where: \.isFinite)
    let since = series.steps[good.map { $0 + 1 } ?? 0]
    return Alert(
      rule: .nonFinite, severity: .error, level: nil,
      text: "\(series.tag) is no finite number since step \(since)",
      remedy: "lower the learning rate, clip harder, or warm up longer; then go on from a "
        + "checkpoint before it")
  }
}

extension NumberRole {
  fileprivate var isOfCodebook: Bool {
    if case .codebook = self { true } else { false }
  }
}
