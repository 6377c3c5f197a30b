import Foundation
import Tokenization
import Training

/// Reads run folders on a queue of its own, "runs", and starts and steers trainers.
///
/// It does nothing by itself: who wants news asks it to look, so that nothing wakes an idle program.
package actor RunFollower {
  private nonisolated let executor = DispatchQueueExecutor(label: "runs", quality: .utility)
  private nonisolated let post: @Sendable (RunEvent) -> Void
  private let program: String
  private let thresholds: AlertThresholds
  private var paths: [String] = []
  private var runs: [String: FollowedRun] = [:]
  private var children: [TrainingProcess] = []
  /// Runs whose fault was told already.
  private var faults: Set<String> = []
  private var listed: [RunEntry]?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - program: what trains; this program itself if nil.
  ///   - thresholds: what alerts are judged by.
  ///   - post: is called from the queue.
  package init(
    program: String? = nil, thresholds: AlertThresholds = AlertThresholds(),
    post: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.post = post
    self.thresholds = thresholds
    self.program = program ?? Self.ownProgram
  }

  private static var ownProgram: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// Returns at once; what comes of it is posted.
  package nonisolated func submit(_ request: RunRequest) {
    executor.async { self.assumeIsolated { $0.perform(request) } }
  }

  private func perform(_ request: RunRequest) {
    switch request {
    case .follow(let paths): follow(paths)
    case .look: look()
    case .list(let folder): list(folder)
    case .ask(let run, let command, let value):
      attempt(run) {
        guard runs[run]?.isForeign != true else { throw RunFollowerError.foreign(run) }
        let entry = RunCommand(command, value: value)
        try RunJournal.ask(entry, ofRun: run)
        post(.asked(id: entry.id, run: run))
      }
    case .start(let plan, let folder):
      attempt(nil) {
        let path = try PlanLocation.find(plan)
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        try train(path, run: Self.freshFolder(name, in: folder), resume: false)
      }
    case .resume(let run):
      attempt(run) {
        let followed = try runs[run] ?? FollowedRun(path: run, thresholds: thresholds)
        guard !followed.isForeign else { throw RunFollowerError.foreign(run) }
        try train(followed.planPath, run: run, resume: true)
      }
    }
  }

  private func attempt(_ run: String?, _ body: () throws -> Void) {
    do { try body() } catch { post(.failed("\(error)", run: run)) }
  }

  private func train(_ plan: String, run: String, resume: Bool) throws {
    children.append(
      try TrainingProcess(program: program, plan: plan, run: run, resume: resume))
    faults.remove(run)
    post(.started(run: run))
  }

  /// NAME, NAME-2, NAME-3 …: the first that is not there.
  private static func freshFolder(_ name: String, in folder: String) -> String {
    var path = "\(folder)/\(name)"
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "\(folder)/\(name)-\(number)"
      number += 1
    }
    return path
  }

  // MARK: Reading

  private func follow(_ paths: [String]) {
    self.paths = paths
    runs = runs.filter { paths.contains($0.key) }
    faults = []
    look()
  }

  private func look() {
    var hasMore = false
    for path in paths {
      if runs[path] == nil { open(path) }
      if runs[path]?.look(post) == true { hasMore = true }
    }
    children.removeAll { child in
      switch child.outcome() {
      case .running: return false
      case .ended: return true
      case .failed(let line):
        post(.failed(line, run: child.run))
        return true
      }
    }
    // Between two portions others may ask for something.
    if hasMore { submit(.look) }
  }

  private func open(_ path: String) {
    do {
      runs[path] = try FollowedRun(path: path, thresholds: thresholds)
    } catch {
      // A trainer that has just started has written nothing yet.
      guard !children.contains(where: { $0.run == path }), faults.insert(path).inserted else {
        return
      }
      post(.failed("\(error)", run: path))
    }
  }

  private func list(_ folder: String) {
    let entries = RunEntry.all(in: folder)
    guard entries != listed else { return }
    listed = entries
    post(.listed(entries, plans: PlanLocation.names))
  }
}
