import Foundation

/// Where models are looked for: the given folder, `$PYRATOK_MODEL`, beside the executable, and the
/// tree the program was built from.
package enum ModelLocation {
  package static let bundled = "nano"

  /// The folder of the weights; `given` may be a folder or the name of a bundled model.
  package static func find(_ given: String?) throws -> String {
    let candidates = candidates(given)
    for folder in candidates where isModel(folder) { return folder }
    for folder in candidates where isModel(folder + "/model") {
      throw EngineError.modelInside(folder: folder)
    }
    throw EngineError.noModel(searched: candidates)
  }

  /// Where a frozen text encoder may lie: `models/text` of the current folder, and of wherever
  /// bundled models are looked for.
  package static func textEncoders(_ name: String) -> [String] {
    ["models/text/" + name] + candidates(besideProgram: "text/" + name)
  }

  private static func candidates(_ given: String?) -> [String] {
    if let given, given.contains("/") { return [given] }
    var folders: [String] = []
    if let given { folders.append(given) }
    let environment = ProcessInfo.processInfo.environment
    if given == nil, let named = environment["PYRATOK_MODEL"], !named.isEmpty { return [named] }
    return unique(folders + candidates(besideProgram: given ?? bundled))
  }

  private static func candidates(besideProgram name: String) -> [String] {
    var folders: [String] = []
    let program = URL(fileURLWithPath: CommandLine.arguments[0])
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(fileURLWithPath: $0) } ?? program
    var folder = executable.deletingLastPathComponent()
    folders.append(
      folder.appendingPathComponent("../share/pyratok/models/\(name)").standardized.path)
    // A program run from its build folder stands some levels inside the source tree.
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      folders.append(folder.appendingPathComponent("models/\(name)").path)
    }
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    folders.append(source.appendingPathComponent("models/\(name)").path)
    return unique(folders)
  }

  private static func unique(_ folders: [String]) -> [String] {
    folders.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func isModel(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/config.json")
  }
}
