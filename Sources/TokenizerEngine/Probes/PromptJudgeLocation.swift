import Evaluation
import Foundation

extension PromptJudge {
  /// From a folder, or the bundled one if nil.
  package static func find(_ given: String?) throws -> (judge: PromptJudge, sha256: String) {
    let candidates = given.map { [$0] } ?? BundledFiles.folders("models/judge")
    let found = candidates.first { FileManager.default.fileExists(atPath: $0 + "/config.json") }
    guard let found else { throw EngineError.noModel(searched: candidates) }
    return try read(found)
  }
}
