import FoundationEssentials
import Glibc

/// The files with numbers in a folder of another program and in its folders, two deep.
///
/// Looks again only when one of the folders has changed.
struct ForeignFiles: Sendable {
  struct Entry: Sendable, Hashable {
    enum Kind: Sendable {
      case events
      case lines
      case wandb
    }

    var path: String
    /// The folder that it lies in, below the run's: empty for that itself.
    var folder: String
    var kind: Kind

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  static let most = 256
  private static let mostFolders = 512
  private static let deepest = 2

  let path: String
  /// By folder and name: the oldest event file of a folder first.
  private(set) var entries: [Entry] = []
  /// How many files are left out because there are too many.
  private(set) var left = 0
  /// The folders that were looked into, and when each was changed.
  private var folders: [String: Time] = [:]
  private var lookedAt = Time(seconds: 0, nanoseconds: 0)

  private struct Time: Sendable, Equatable {
    var seconds: Int
    var nanoseconds: Int
  }

  init(path: String) { self.path = path }

  /// Says whether other files are there than before.
  mutating func look() -> Bool {
    guard isChanged else { return false }
    let former = entries
    folders = [:]
    lookedAt = Self.now
    var found: [Entry] = []
    collect(path, below: "", depth: 0, into: &found)
    found.sort { ($0.folder, $0.name) < ($1.folder, $1.name) }
    left = max(0, found.count - Self.most)
    entries = Array(found.suffix(Self.most))
    return entries != former
  }

  private var isChanged: Bool {
    // A change in the very moment of the last look may not show in the time.
    folders.isEmpty
      || folders.contains { folder, time in
        let changed = Self.changed(folder)
        return changed != time || (changed?.seconds ?? 0) >= lookedAt.seconds - 1
      }
  }

  private mutating func collect(
    _ folder: String, below: String, depth: Int, into found: inout [Entry]
  ) {
    guard folders.count < Self.mostFolders, let time = Self.changed(folder) else { return }
    folders[folder] = time
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if name.contains("tfevents"), !name.hasSuffix(".partial") {
        found.append(Entry(path: path, folder: below, kind: .events))
      } else if name == "metrics.jsonl" || name == "codebook.jsonl" {
        found.append(Entry(path: path, folder: below, kind: .lines))
      } else if name.hasSuffix(".wandb") {
        found.append(Entry(path: path, folder: below, kind: .wandb))
      } else if depth < Self.deepest, Self.isFolder(path), !Self.isOwnRun(path) {
        collect(
          path, below: below.isEmpty ? name : "\(below)/\(name)", depth: depth + 1, into: &found)
      }
    }
  }

  /// Runs of ours that lie in the folder are read on their own.
  private static func isOwnRun(_ path: String) -> Bool { RunFolder(path: path).holdsRun }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    // Links are not followed: they may lead in a circle.
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func changed(_ path: String) -> Time? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  private static var now: Time {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Time(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }
}
