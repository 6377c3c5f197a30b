import Foundation

/// Where the bundled plans lie: under the working folder, beside the installed program, or in the
/// tree that it was built from.
package enum PlanLocation {
  /// The plan's path; `given` is a path or the name of a bundled one.
  package static func find(_ given: String) throws -> String {
    let isPath = given.contains("/") || given.hasSuffix(".json")
    let candidates = isPath ? [given] : folders.map { "\($0)/\(given).json" }
    if let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      return URL(fileURLWithPath: path).standardized.path
    }
    throw RunFollowerError.noPlan(given, known: names)
  }

  /// The bundled plans, sorted.
  package static var names: [String] {
    for folder in folders {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let plans = files.filter { $0.hasSuffix(".json") }
      if !plans.isEmpty { return plans.map { String($0.dropLast(5)) }.sorted() }
    }
    return []
  }

  private static var folders: [String] { ["samples/plans"] + BundledFiles.folders("samples/plans") }
}

/// Why a run cannot be started or asked.
package enum RunFollowerError: Error, CustomStringConvertible {
  case noPlan(String, known: [String])
  case cannotStart(String, reason: String)
  case foreign(String)

  package var description: String {
    switch self {
    case .noPlan(let name, let known):
      "There is no plan \(name); give a path, or one of \(known.joined(separator: ", "))."
    case .cannotStart(let path, let reason): "\(path): training cannot be started: \(reason)."
    case .foreign(let path): "\(path): another program trains here; it can be watched, not steered."
    }
  }
}
