import TokenizerEngine

/// Runs as they train: which are there, which are looked at, and how.
package struct TrainModel: Equatable, Sendable {
  /// Where runs are looked for and begun.
  package var folder = "runs"
  /// The runs of the folder, the last active one first.
  package var list: [RunEntry] = []
  /// The names of the bundled plans.
  package var plans: [String] = []
  /// The line of the list that has the cursor.
  package var selection = 0
  /// The run that is watched, then those that it is compared with.
  package var runs: [WatchedRun] = []
  package var panel = TrainPanel.charts
  package var charts = ChartControls()
  /// The clip whose preview is shown, and the level whose percentiles are.
  package var clip = 1
  package var level = 1
  /// Whether anybody has looked into the folder.
  package var isListed = false
  /// Commands of ours that have no answer yet.
  var asked: Set<String> = []
  /// On the model's clock; nil while another screen is shown.
  var nextLook: Double?
  var nextList = 0.0
  /// Until then a trainer may be about to begin.
  var eagerUntil = 0.0

  package var watched: WatchedRun? { runs.first }

  /// The first and the last step of all runs shown.
  var steps: ClosedRange<Int> {
    let known = runs.filter { !$0.history.isEmpty }
    let first = known.map(\.history.firstStep).min() ?? 1
    return first...max(first, known.map(\.history.lastStep).max() ?? first)
  }

  /// The steps that charts and strips show.
  var visible: ClosedRange<Int> { charts.visible(in: steps) }

  /// The step that is read out.
  var cursor: Int {
    charts.cursor.map { min(max(steps.lowerBound, $0), steps.upperBound) } ?? steps.upperBound
  }
}

/// The parts of the screen; narrow windows show one after the other.
package enum TrainPanel: String, CaseIterable, Equatable, Sendable {
  case charts
  case losses
  case levels
  case pictures
  case alerts
  case runs

  func next(_ offset: Int) -> TrainPanel {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + offset + all.count) % all.count]
  }
}

/// A run of which every number is known.
package struct WatchedRun: Equatable, Sendable {
  package let path: String
  package var history = RunHistory()
  package var status: RunStatus?
  /// In the order of steps.
  package var bands: [RunBands] = []
  package var previews: [RunPreview] = []
  /// Why it cannot be read.
  package var fault: String?

  package init(path: String) { self.path = path }

  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// So many previews of a clip are kept: the first, the last, and some between.
  static let keptPreviews = 16

  mutating func add(_ fresh: [RunPreview]) {
    previews += fresh
    for clip in Set(fresh.map(\.clip)) {
      while previews.count(where: { $0.clip == clip }) > Self.keptPreviews {
        let places = previews.indices.filter { previews[$0].clip == clip }
        // The one whose neighbours stand closest together says least.
        let least = (1..<places.count - 1).min { a, b in
          gap(around: a, places) < gap(around: b, places)
        }
        guard let least else { break }
        previews.remove(at: places[least])
      }
    }
  }

  private func gap(around place: Int, _ places: [Int]) -> Int {
    previews[places[place + 1]].step - previews[places[place - 1]].step
  }
}

/// How charts are drawn and which steps they show.
package struct ChartControls: Equatable, Sendable {
  static let smoothings: [Float] = [0, 0.6, 0.9, 0.97, 0.99]

  /// What the average keeps of itself from step to step.
  package var smoothing: Float = 0.9
  /// Titles of charts with a logarithmic axis.
  package var logarithmic: Set<String> = []
  /// Titles of the charts that stand first.
  package var pins: [String] = []
  package var filter = ""
  /// The chart that keys belong to.
  package var focus = 0
  /// Whether it has all the room.
  package var isAlone = false
  /// How many steps are shown; nil for all.
  package var window: Int?
  /// The last step that is shown; nil follows the latest.
  package var end: Int?
  /// The step that is read out; nil is the latest.
  package var cursor: Int?

  static let narrowestWindow = 10

  func visible(in steps: ClosedRange<Int>) -> ClosedRange<Int> {
    guard let window, window < steps.count else { return steps }
    let end = min(max(end ?? steps.upperBound, steps.lowerBound + window - 1), steps.upperBound)
    return end - window + 1...end
  }
}
