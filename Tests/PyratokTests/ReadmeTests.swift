import Foundation
import Testing

/// The first fenced block of the README is what the command below it prints.
@Test func theReadmesScreenIsWhatItsCommandPrints() throws {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
  let parts = readme.components(separatedBy: "```")
  try #require(parts.count > 2)
  let shown = parts[1].split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
  let command = try #require(
    parts[2].split(separator: "`").first { $0.hasPrefix("pyratok snapshot ") })
  let words = command.split(separator: " ").dropFirst().map { word in
    let path = root.appendingPathComponent(String(word)).path
    return FileManager.default.fileExists(atPath: path) ? path : String(word)
  }
  let result = try Program.start(words, environment: ["LC_ALL": "C.UTF-8"]).wait()
  #expect(result.code == 0, "\(result.error)")
  let printed = result.output.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(printed.count == shown.count)
  // Another processor may round the last digit of a margin or a shade otherwise.
  let differing = zip(printed, shown).reduce(0) { count, lines in
    let (now, before) = (Array(trimmed(lines.0)), Array(trimmed(lines.1)))
    return count + zip(now, before).count { $0 != $1 } + abs(now.count - before.count)
  }
  #expect(differing <= 3, "Print the screen anew with `\(command)` and put it into README.md.")
}

private func trimmed(_ line: Substring) -> Substring {
  var line = line
  while line.last == " " { line = line.dropLast() }
  return line
}
