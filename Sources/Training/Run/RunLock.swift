import Glibc

/// Lets one process at a time train in a run folder.
///
/// The system lets go of the lock when the process ends, however it ends.
final class RunLock {
  private let file: Int32

  /// Throws if the lock is taken.
  ///
  /// Where the file system has no locks, the run goes on without one.
  init(_ folder: RunFolder) throws {
    let path = folder.path + "/.lock"
    file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw TrainingError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
    close(file)
    throw TrainingError.badRun(
      path: folder.path, reason: "another process is training in it; wait for it or stop it")
  }

  deinit { close(file) }
}
