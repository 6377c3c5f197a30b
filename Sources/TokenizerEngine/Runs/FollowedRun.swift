import Glibc
import Tokenization
import Training

/// One run as it is read bit by bit: tells what is new since it was last looked at.
package struct FollowedRun {
  package let path: String
  private var reader: RunReader
  private var codebook: CodebookFollower
  private var restarts = 0
  /// Steps at the beginning of the reader's that were told already.
  private var told = 0
  private var toldBands = 0
  private var toldPreviews = 0
  private var status: RunStatus?
  private var notices: [String] = []

  /// The pace is told from so many steps.
  private static let keptSteps = 64
  /// Bytes of a file that are read at once.
  private static let portion = 1 << 20
  private static let keptRequests = 6

  /// Throws if the folder holds no run.
  package init(path: String, thresholds: AlertThresholds = AlertThresholds()) throws {
    self.path = path
    reader = try RunReader(path: path, thresholds: thresholds)
    codebook = CodebookFollower(folder: path, thresholds: thresholds)
  }

  /// Tells what is new; true while there is more to read at once.
  package mutating func look(_ post: (RunEvent) -> Void) -> Bool {
    let hasNumbers = reader.poll(limit: Self.portion)
    let hasWindows = codebook.poll(limit: Self.portion)
    tellSteps(post)
    tellSeries(post)
    tellBands(post)
    tellPreviews(post)
    let now = currentStatus()
    if now != status {
      status = now
      post(.status(now, run: path))
    }
    reader.forgetSteps(keeping: Self.keptSteps)
    told = reader.metrics.count
    return hasWindows || hasNumbers && now.readShare != nil
  }

  private mutating func tellSteps(_ post: (RunEvent) -> Void) {
    let isRestarted = restarts != reader.restarts
    restarts = reader.restarts
    let steps = isRestarted ? reader.metrics : Array(reader.metrics.dropFirst(told))
    if isRestarted || !steps.isEmpty {
      post(.steps(steps, run: path, isRestarted: isRestarted))
    }
  }

  private mutating func tellSeries(_ post: (RunEvent) -> Void) {
    guard let foreign = reader.foreign else { return }
    let (series, isRestarted) = reader.takeSeries()
    if isRestarted || !series.isEmpty {
      post(.series(series, run: path, isRestarted: isRestarted))
    }
    guard foreign.notices != notices else { return }
    notices = foreign.notices
    if !notices.isEmpty { post(.failed(notices.joined(separator: "; "), run: path)) }
  }

  /// What came behind the `told` entries, all of them where there are fewer now; nil if nothing did.
  private static func fresh<Entry>(
    _ entries: [Entry], told: inout Int
  ) -> (fresh: ArraySlice<Entry>, isRestarted: Bool)? {
    let isRestarted = entries.count < told
    let fresh = entries.dropFirst(isRestarted ? 0 : told)
    told = entries.count
    return isRestarted || !fresh.isEmpty ? (fresh, isRestarted) : nil
  }

  private mutating func tellBands(_ post: (RunEvent) -> Void) {
    guard let (fresh, isRestarted) = Self.fresh(reader.histograms, told: &toldBands) else { return }
    let bands = fresh.map { entry in
      RunBands(
        step: entry.step, level: entry.level,
        values: RunBands.shares.map { entry.histogram.quantile($0) })
    }
    post(.bands(bands, run: path, isRestarted: isRestarted))
  }

  private mutating func tellPreviews(_ post: (RunEvent) -> Void) {
    guard let (fresh, isRestarted) = Self.fresh(reader.previews, told: &toldPreviews) else {
      return
    }
    let previews = fresh.compactMap { entry in
      (try? entry.frame()).map { RunPreview(step: entry.step, clip: entry.clip, picture: $0) }
    }
    post(.previews(previews, run: path, isRestarted: isRestarted))
  }

  /// Whether another program makes it.
  var isForeign: Bool { reader.foreign != nil }

  /// The plan that it was begun with, or the copy in its folder.
  var planPath: String {
    if let path = reader.record?.planPath, access(path, F_OK) == 0 { return path }
    return path + "/plan.json"
  }

  private func currentStatus() -> RunStatus {
    var status = RunStatus()
    let share = reader.readShare()
    status.readShare = share < 1 ? share : nil
    status.state = reader.state
    status.steps = reader.plannedSteps
    status.secondsLeft = reader.secondsLeft
    status.alerts = codebook.alerts(with: reader.alerts)
    status.journal = reader.journal.commands.suffix(Self.keptRequests).map { command in
      RunStatus.Request(
        id: command.id, command: command.command, value: command.value,
        answer: reader.journal.answers[command.id].map {
          RunStatus.Answer(step: $0.step, applied: $0.applied, reason: $0.reason)
        })
    }
    var end = 0
    status.stages = (reader.plan?.stages ?? []).map { stage in
      end += stage.steps
      return RunStatus.Stage(name: stage.name, end: end)
    }
    status.host = reader.record?.host
    status.processID = reader.record?.processID
    status.isForeign = isForeign
    return status
  }
}
