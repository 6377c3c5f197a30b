import Glibc

/// What each frame cost, for `pyratok bench`: written when the workbench is left, to the file that
/// the environment names.
struct FrameLog {
  static let variable = "PYRATOK_FRAME_LOG"

  private let path: String
  private var lines = ""

  /// Nil if nobody asked for it.
  init?() {
    guard let path = getenv(Self.variable) else { return nil }
    self.path = String(cString: path)
  }

  /// Bytes and calls of `write` that one frame took, and whether it was one of a playing clip.
  mutating func add(_ statistics: FrameStatistics, isVideo: Bool) {
    guard statistics.bytes > 0 else { return }
    lines += "\(statistics.bytes) \(statistics.writes) \(isVideo ? "video" : "screen")\n"
  }

  func write() {
    guard let file = fopen(path, "w") else { return }
    fputs(lines, file)
    fclose(file)
  }
}
