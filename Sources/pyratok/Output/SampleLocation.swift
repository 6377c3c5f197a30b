import Foundation

/// Where the bundled samples lie: beside the installed program, or in the tree it was built from.
enum SampleLocation {
  /// The first sample clip.
  static func anyClip() throws -> String {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      if let name = names.filter({ $0.hasSuffix(".mkv") }).min() { return folder + "/" + name }
    }
    throw CommandError.noSample
  }

  private static var folders: [String] {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    var found = [folder.appendingPathComponent("../share/pyratok/samples").standardized.path]
    // A program run from its build folder stands some levels inside the source tree.
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      found.append(folder.appendingPathComponent("samples").path)
    }
    let source = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    return found + [source.appendingPathComponent("samples").path]
  }
}
