import Foundation

/// Test data that lies beside the package and never in it; tests that need it skip where it is not.
package enum SharedFolder {
  /// `$PYRATOK_SHARED`, else `shared` beside the package root or one folder above that.
  package static let path: String? = {
    let files = FileManager.default
    if let chosen = ProcessInfo.processInfo.environment["PYRATOK_SHARED"] {
      return files.fileExists(atPath: chosen) ? chosen : nil
    }
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let candidates = ["../shared", "../../shared"]
      .map { root.appendingPathComponent($0).standardizedFileURL.path }
    return candidates.first { files.fileExists(atPath: $0 + "/data/manifest.jsonl") }
  }()

  package static var isPresent: Bool { path != nil }

  /// The full path of a file named relative to the folder, such as `data/clips/office_h264.mp4`.
  package static func file(_ name: String) -> String { (path ?? "") + "/" + name }

  package static func clip(_ name: String) -> String { file("data/clips/" + name) }
}
