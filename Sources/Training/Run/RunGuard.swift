import FoundationEssentials
import Glibc
import Tensors
import VideoIO

/// Keeps a run folder from being overwritten or continued with another plan.
struct RunGuard {
  let folder: RunFolder
  let plan: TrainingPlan

  func check(resume: Bool) throws {
    guard folder.holdsRun else { return }
    guard resume else {
      throw TrainingError.badRun(
        path: folder.path, reason: "the folder holds a run; go on with --resume or name another")
    }
    let earlier = try TrainingPlan(path: folder.planPath)
    if let field = try earlier.firstDifference(to: plan) {
      throw TrainingError.badRun(
        path: folder.path, reason: "the run was begun with another plan; “\(field)” differs")
    }
  }
}

extension RunRecord {
  /// The record of this process.
  init(plan: TrainingPlan) {
    self.init(
      host: Self.hostName(),
      versions: [
        "video": VideoLibraries.versions.joined(separator: ", "), "products": Machine.blas,
        "convolutions": Machine.convolutions, "processor": Machine.processor,
        "threads": "\(Threads.count)", "precision": plan.usedPrecision.rawValue,
      ],
      seed: plan.seed, sourceRevision: SourceRevision.current(), processID: getpid(),
      processStart: Self.start(ofProcess: getpid()), heartbeat: Date().timeIntervalSince1970,
      heartbeatUptime: Self.uptime(), boot: Self.currentBoot(), state: "running")
  }
}
