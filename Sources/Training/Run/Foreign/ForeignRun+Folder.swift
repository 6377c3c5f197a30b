import Glibc
import Tokenization

extension ForeignRun {
  /// Nil if the folder holds a run of ours, nothing to read, or a first line that is not whole yet.
  init?(in folder: RunFolder, thresholds: AlertThresholds) {
    let line = Self.firstLine(of: folder.metricsPath)
    guard StepLine.read(line) == nil else { return nil }
    self.init(path: folder.path, thresholds: thresholds)
    // A line without its end may yet be ours.
    guard !line.isEmpty || holdsMoreThanLines else { return nil }
  }

  /// Empty if there is no whole line of sensible length.
  private static func firstLine(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count > 0, let end = bytes[..<count].firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    return Array(bytes[..<end])
  }
}
