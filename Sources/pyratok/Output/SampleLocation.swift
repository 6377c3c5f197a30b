import Foundation
import TokenizerEngine

/// The clips that come with the program.
enum SampleLocation {
  /// The first sample clip.
  static func anyClip() throws -> String {
    for folder in BundledFiles.folders("samples") {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      if let name = names.filter({ $0.hasSuffix(".mkv") }).min() { return folder + "/" + name }
    }
    throw CommandError.noSample
  }
}
