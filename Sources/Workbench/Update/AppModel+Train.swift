import TokenizerEngine

extension AppModel {
  /// Watches a run from the start; the model and clips are left alone until somebody wants them.
  package mutating func watch(_ run: String, model path: String? = nil) -> [Effect] {
    modelPath = path
    view = .train
    let run = Self.withoutLastSlash(run)
    train.folder = Self.folder(around: run)
    return [follow([run])] + wantsRuns()
  }

  /// As runs are listed: `runs/one` for `runs/one/`.
  static func withoutLastSlash(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  /// Where a run's neighbours lie.
  private static func folder(around run: String) -> String {
    let parts = run.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return "." }
    let folder = parts.dropLast().joined(separator: "/")
    return folder.isEmpty ? "/" : folder
  }

  /// Takes in what is new about runs.
  mutating func happened(_ event: RunEvent) -> [Effect] {
    switch event {
    case .steps(let steps, let run, let isRestarted):
      change(run) {
        if isRestarted { $0.history = RunHistory() }
        $0.history.add(steps)
        $0.fault = nil
      }
    case .series(let series, let run, let isRestarted):
      change(run) {
        if isRestarted { $0.history = RunHistory() }
        $0.history.add(series)
        $0.fault = nil
      }
    case .status(let status, let run):
      change(run) { $0.status = status }
      tellAnswers(status)
    case .bands(let bands, let run, let isRestarted):
      change(run) { $0.bands = (isRestarted ? [] : $0.bands) + bands }
    case .previews(let previews, let run, let isRestarted):
      change(run) {
        if isRestarted { $0.previews = [] }
        $0.add(previews)
      }
    case .listed(let entries, let plans): listed(entries, plans: plans)
    case .asked(let id, _): train.asked.insert(id)
    case .started(let run):
      train.nextList = 0
      train.nextLook = nil
      train.eagerUntil = clock + 10
      say("The trainer of \(run) is starting.")
      return train.runs.contains { $0.path == run } ? [] : watchOnly(run)
    case .failed(let reason, let run):
      if let run { change(run) { $0.fault = reason } }
      say(reason, isError: true)
    }
    return []
  }

  /// In place of what was watched before, from its first step on.
  mutating func watchOnly(_ run: String) -> [Effect] {
    train.charts.end = nil
    train.charts.cursor = nil
    train.nextLook = nil
    return [follow([run])]
  }

  private mutating func change(_ run: String, _ body: (inout WatchedRun) -> Void) {
    guard let index = train.runs.firstIndex(where: { $0.path == run }) else { return }
    body(&train.runs[index])
  }

  private mutating func listed(_ entries: [RunEntry], plans: [String]) {
    let chosen = train.list.indices.contains(train.selection) ? train.list[train.selection] : nil
    train.list = entries
    train.plans = plans
    train.isListed = true
    if let place = entries.firstIndex(where: { $0.path == chosen?.path }) {
      train.selection = place
    }
    train.selection = min(train.selection, max(0, entries.count - 1))
  }

  /// Of commands that were given here.
  private mutating func tellAnswers(_ status: RunStatus) {
    for request in status.journal {
      guard let answer = request.answer, train.asked.remove(request.id) != nil else { continue }
      let name = RequestText.of(request)
      say(
        answer.applied
          ? "\(name): done at step \(answer.step)" : "\(name): refused, \(answer.reason)",
        isError: !answer.applied)
    }
  }

  // MARK: - When to look

  /// A moment that was asked for, while the screen is shown; nothing otherwise.
  mutating func wantsRuns() -> [Effect] {
    guard view == .train else {
      train.nextLook = nil
      return []
    }
    guard clock >= train.nextLook ?? clock else { return [] }
    var effects: [Effect] = []
    if train.runs.isEmpty, let newest = train.list.first { effects.append(follow([newest.path])) }
    let isEager = train.watched?.status == nil || clock < train.eagerUntil
    // Whether another program will go on is not known.
    let mayGrow = train.watched?.isAlive == true || train.watched?.status?.isForeign == true
    train.nextLook = clock + (isEager || mayGrow ? 0.25 : 2)
    effects.append(.run(.look))
    if clock >= train.nextList || !train.isListed {
      train.nextList = clock + 2
      effects.append(.run(.list(folder: train.folder)))
    }
    return effects
  }

  mutating func follow(_ paths: [String]) -> Effect {
    let known = train.runs
    train.runs = paths.map { path in
      known.first { $0.path == path } ?? WatchedRun(path: path)
    }
    return .run(.follow(paths))
  }

  // MARK: - Steering

  /// Asks the trainer of the watched run; it answers in the journal.
  mutating func ask(_ command: String, value: Double? = nil) -> [Effect] {
    guard let run = train.watched else {
      say("No run is watched; :start PLAN begins one.")
      return []
    }
    guard run.isAlive else {
      let state = run.status?.state?.rawValue ?? "not running"
      say("\(run.name) is \(state); only a running trainer takes commands.", isError: true)
      return []
    }
    return [.run(.ask(run: run.path, command: command, value: value))]
  }

  /// Pauses a running trainer, lets a paused one go on.
  mutating func togglePause() -> [Effect] {
    ask(train.watched?.status?.state == .paused ? "resume" : "pause")
  }

  /// Lets a paused trainer go on, or starts one where the last has ended.
  mutating func resumeRun() -> [Effect] {
    guard let run = train.watched else { return ask("resume") }
    switch run.status?.state {
    case .running:
      say("\(run.name) is running.")
      return []
    case .paused, .stalled: return ask("resume")
    case .finished:
      say("\(run.name) is finished; :start PLAN begins another run.")
      return []
    case .stopped, .failed, .crashed, nil: return [.run(.resume(run: run.path))]
    }
  }

  mutating func startRun(_ plan: String) -> [Effect] {
    guard !plan.isEmpty else {
      return refuse("start wants a plan: \(train.plans.joined(separator: ", ")), or a path.")
    }
    return [.run(.start(plan: plan, folder: train.folder))]
  }

  mutating func setWeight(_ text: String) -> [Effect] {
    let words = text.split(separator: " ")
    guard words.count == 2, let value = Double(words[1]), value.isFinite, value >= 0 else {
      return refuse("weight wants a loss term and a number, such as “entropy 0.01”.")
    }
    return ask("weight:\(words[0])", value: value)
  }

  mutating func setLearningRate(_ text: String) -> [Effect] {
    guard let value = Double(text), value.isFinite, value > 0 else {
      return refuse("lr wants a number above 0, not “\(text)”.")
    }
    return ask("learning_rate", value: value)
  }
}

extension WatchedRun {
  /// Whether a process may still write; a stalled one may wake up.
  var isAlive: Bool {
    switch status?.state {
    case .running, .paused, .stalled: true
    default: false
    }
  }
}

/// A command of the journal in words.
enum RequestText {
  static func of(_ request: RunStatus.Request) -> String {
    request.command + (request.value.map { " " + NumberText.compact($0) } ?? "")
  }
}
