import Foundation

/// Where what comes with the program may lie: beside the installed program, or in the tree that it
/// was built from.
package enum BundledFiles {
  /// Candidates for a folder such as `models/nano`, the best first; whether one is there is for the
  /// caller to see.
  package static func folders(_ name: String) -> [String] {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    var found = [folder.appendingPathComponent("../share/pyratok/\(name)").standardized.path]
    // A program run from its build folder stands some levels inside the source tree.
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      found.append(folder.appendingPathComponent(name).path)
    }
    let source = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    found.append(source.appendingPathComponent(name).path)
    return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
