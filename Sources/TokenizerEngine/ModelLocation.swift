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
    ["models/text/" + name] + BundledFiles.folders("models/text/" + name)
  }

  private static func candidates(_ given: String?) -> [String] {
    if let given, given.contains("/") { return [given] }
    let environment = ProcessInfo.processInfo.environment
    if given == nil, let named = environment["PYRATOK_MODEL"], !named.isEmpty { return [named] }
    return (given.map { [$0] } ?? []) + BundledFiles.folders("models/" + (given ?? bundled))
  }

  private static func isModel(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/config.json")
  }
}
