import FoundationEssentials
import Tensors
import Tokenization
import VideoIO

/// Follows a run folder from outside, whatever writes it: each `poll` costs what is new.
///
/// Torn last lines wait for their rest; files that were cut or replaced, as by a resumed run, are
/// read again. Confined to one thread at a time.
package struct RunReader: Sendable {
  package let path: String
  package private(set) var plan: TrainingPlan?
  package private(set) var record: RunRecord?
  /// Steps in order, each once, from the first that `forgetSteps` kept.
  package private(set) var metrics: [StepMetrics] = []
  /// How often the steps were read again from the first.
  package private(set) var restarts = 0
  package private(set) var journal = RunJournal()
  /// Oldest first.
  package private(set) var previews: [Preview] = []
  /// Of z, oldest first.
  package private(set) var histograms: [LevelHistogram] = []

  /// What another program logs here, in place of all the rest.
  package private(set) var foreign: ForeignRun?

  private let thresholds: AlertThresholds
  private var rules: RunAlerts
  private var metricLines: GrowingLines
  private var commandLines: GrowingLines
  private var events: GrowingFile?
  /// Bytes of the event file that are no whole record yet.
  private var eventTail: [UInt8] = []

  /// Pictures of one validation: frames of the original above those of the reconstruction.
  package struct Preview: Sendable, Equatable {
    package let step: Int
    /// From 1 on.
    package let clip: Int
    package let width: Int
    package let height: Int
    package let png: [UInt8]

    /// Throws if the bytes are no picture.
    package func frame() throws -> Frame { try PNGPicture.decode(png) }
  }

  package struct LevelHistogram: Sendable, Equatable {
    package let step: Int
    package let level: Int
    package let histogram: Histogram
  }

  /// Throws if the folder is not there or holds no run.
  package init(path: String, thresholds: AlertThresholds = AlertThresholds()) throws {
    let folder = RunFolder(path: path)
    foreign = folder.holdsRun ? nil : ForeignRun(in: folder, thresholds: thresholds)
    guard
      foreign != nil || folder.holdsRun
        || FileManager.default.fileExists(atPath: folder.metricsPath)
    else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw TrainingError.badRun(
        path: path,
        reason: isThere ? "the folder holds no run" : "there is no such folder")
    }
    self.path = path
    self.thresholds = thresholds
    rules = RunAlerts(plan: nil, thresholds: thresholds)
    metricLines = GrowingLines(path: folder.metricsPath)
    commandLines = GrowingLines(path: folder.commandsPath)
  }

  /// Reads what is new and says whether anything was.
  ///
  /// - Parameters:
  ///   - limit: the most bytes of each file to read now; call again for the rest.
  ///   - views: whether pictures and histograms are wanted too.
  @discardableResult
  package mutating func poll(limit: Int = 8 << 20, views: Bool = true) -> Bool {
    let folder = RunFolder(path: path)
    if plan == nil, let read = try? TrainingPlan(path: folder.planPath) {
      plan = read
      restartRules()
    }
    if isUnknown(folder) { foreign = ForeignRun(in: folder, thresholds: thresholds) }
    if foreign != nil { return foreign?.poll(limit: limit) ?? false }
    let former = record
    record = RunRecord.read(folder) ?? record
    let hasMetrics = readMetrics(limit: limit)
    let hasCommands = readCommands(limit: limit)
    let hasViews = views && readEvents(folder, limit: limit)
    return hasMetrics || hasCommands || hasViews || record != former
  }

  /// Whether nothing has shown yet who writes the run.
  private func isUnknown(_ folder: RunFolder) -> Bool {
    foreign == nil && plan == nil && record == nil && metrics.isEmpty && restarts == 0
  }

  private mutating func restartRules() {
    rules = RunAlerts(plan: plan, thresholds: thresholds)
    for step in metrics { rules.add(step) }
  }

  private mutating func readMetrics(limit: Int) -> Bool {
    let growth = metricLines.read(limit: limit)
    if growth.isRestarted {
      metrics = []
      restarts += 1
      restartRules()
    }
    for line in growth.lines {
      guard let step = StepLine.read(line) else { continue }
      metrics.append(step)
      rules.add(step)
    }
    return growth.isRestarted || !growth.lines.isEmpty
  }

  private mutating func readCommands(limit: Int) -> Bool {
    let growth = commandLines.read(limit: limit)
    if growth.isRestarted { journal = RunJournal() }
    for line in growth.lines { journal.add(line) }
    return growth.isRestarted || !growth.lines.isEmpty
  }

  private mutating func readEvents(_ folder: RunFolder, limit: Int) -> Bool {
    if events == nil, let path = folder.eventsPath { events = GrowingFile(path: path) }
    guard let growth = events?.read(limit: limit) else { return false }
    if growth.isRestarted {
      eventTail = []
      previews = []
      histograms = []
    }
    guard !growth.bytes.isEmpty else { return growth.isRestarted }
    // The numbers are in the metrics too, and most of the file.
    var records = EventRecords(eventTail + growth.bytes, content: .views)
    while let record = records.next() {
      guard let event = record.event else { continue }
      for (tag, value) in event.values { add(value, tag: tag, step: event.step) }
    }
    eventTail = records.isDamaged ? [] : Array(records.bytes[records.offset...])
    return true
  }

  private mutating func add(_ value: EventValue, tag: String, step: Int) {
    let parts = tag.split(separator: "/")
    guard parts.count >= 2, let number = Int(parts[1]) else { return }
    switch value {
    case .scalar: return
    case .histogram(let histogram):
      histograms.append(LevelHistogram(step: step, level: number, histogram: histogram))
    case .image(let width, let height, let png):
      previews.append(
        Preview(step: step, clip: number, width: width, height: height, png: png))
    }
  }

  /// How much of the files was read, from 0 to 1; less than 1 while another `poll` finds more at once.
  ///
  /// - Parameter views: whether pictures and histograms are wanted too.
  package func readShare(views: Bool = true) -> Double {
    if let foreign { return foreign.readShare }
    let files = [metricLines.extent] + (views ? [events?.extent].compactMap(\.self) : [])
    let size = files.reduce(0) { $0 + $1.size }
    return size == 0 ? 1 : Double(files.reduce(0) { $0 + $1.read }) / Double(size)
  }

  /// Lets go of all but the last steps, for readers that keep numbers of their own.
  package mutating func forgetSteps(keeping count: Int) {
    metrics.removeFirst(max(0, metrics.count - count))
  }

  // MARK: What it means

  /// What is new of another program's numbers; nothing of a run of ours.
  package mutating func takeSeries() -> (series: [RunSeries], isRestarted: Bool) {
    foreign?.takeSeries() ?? ([], false)
  }

  package var lastStep: Int { foreign?.lastStep ?? metrics.last?.step ?? 0 }
  package var lastLoss: Double? { foreign.map(\.lastLoss) ?? metrics.last?.loss }

  /// Nil before the first record was written, and while another program is quiet.
  package var state: RunState? {
    if let foreign { return foreign.state }
    return record?.currentState(patience: max(60, 20 * (metrics.last?.stepSeconds ?? 0)))
  }

  /// Steps that the plan has; nil without a plan.
  package var plannedSteps: Int? { plan?.steps }

  /// Seconds that are left at the pace of the last steps; nil if that cannot be told.
  package var secondsLeft: Double? {
    guard let plannedSteps, let last = metrics.last, last.step < plannedSteps else { return nil }
    let recent = metrics.suffix(50).compactMap(\.stepSeconds)
    guard !recent.isEmpty else { return nil }
    return Double(plannedSteps - last.step) * recent.reduce(0, +) / Double(recent.count)
  }

  /// The gravest first.
  package var alerts: [Alert] { foreign?.alerts ?? stateAlerts + rules.alerts }

  private var stateAlerts: [Alert] {
    switch state {
    case .stalled:
      return [
        Alert(
          rule: .stalled, severity: .warning, level: nil,
          text: "the process is there and has done nothing for a while",
          remedy: "look whether it is stopped (fg) or waits for a disk; else end it and resume")
      ]
    case .crashed:
      return [
        Alert(
          rule: .crashed, severity: .error, level: nil,
          text: "the process is gone and left no word",
          remedy: "go on from the last checkpoint with train --resume")
      ]
    case .failed:
      let isNonFinite = record?.isNonFinite == true
      return [
        Alert(
          rule: isNonFinite ? .nonFinite : .failed, severity: .error, level: nil,
          text: record?.failure ?? "the run failed",
          remedy: isNonFinite
            ? "lower the learning rate, clip harder, or warm up longer; then go on from the "
              + "checkpoint" : "mend the cause and go on with train --resume")
      ]
    default: return []
    }
  }
}
