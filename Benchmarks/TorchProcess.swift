import Foundation

/// PyTorch in a process of its own, asked line by line (torch_reference/serve.py).
final class TorchProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()
  private(set) var version = ""

  /// Throws where Python or PyTorch is missing.
  init(weights: String, _ options: BenchmarkOptions) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "torch_reference/serve.py")
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [options.python, script.path(), weights, "--threads", "\(options.threads)"]
      + ["--precision", options.precision.rawValue]
      + (options.compiles ? ["--compile"] : [])
    // oneDNN's loading sets these for us; PyTorch shall keep its own ways.
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_WAIT_POLICY"] = nil
    environment["GOMP_SPINCOUNT"] = nil
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard let version = try readAnswer()["version"] as? String else {
      throw BenchmarkError("PyTorch gave no version")
    }
    self.version = version
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The names of the ways in which PyTorch runs the model.
  func variants() throws -> [String] {
    input.fileHandleForWriting.write(Data("variants\n".utf8))
    guard let names = try readAnswer()["names"] as? [String] else {
      throw BenchmarkError("PyTorch named no variants")
    }
    return names
  }

  /// The numbers that `command` is answered with.
  func ask(_ command: String) throws -> [String: Double] {
    input.fileHandleForWriting.write(Data((command + "\n").utf8))
    return try readAnswer().compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }

  private func readAnswer() throws -> [String: Any] {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(unread[..<end])
        unread = Data(unread[(end + 1)...])
        guard let answer = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
          throw BenchmarkError("PyTorch answered \(String(decoding: line, as: UTF8.self))")
        }
        return answer
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw BenchmarkError("the PyTorch process ended; is PyTorch installed?") }
      unread.append(more)
    }
  }
}
