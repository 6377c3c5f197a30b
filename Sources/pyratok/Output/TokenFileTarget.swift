import Foundation

/// Where token files go: one file for one clip, or a folder with a file for each.
struct TokenFileTarget {
  private let output: String
  /// Clips whose names differ in the ending alone: their files keep it.
  private let needEnding: Set<String>

  init(output: String, clips: [String]) {
    self.output = output
    let alike = Dictionary(grouping: clips, by: TokenFileTarget.stem).values.filter { $0.count > 1 }
    needEnding = Set(alike.joined())
  }

  private static func stem(of clip: String) -> String {
    URL(fileURLWithPath: clip).deletingPathExtension().lastPathComponent
  }

  var isSingleFile: Bool { output.hasSuffix(".safetensors") }

  /// The folder that was opened for the files, to be closed; nil for a single file.
  func open(inputs: Int) throws -> OutputFolder? {
    guard isSingleFile else { return try OutputFolder(output) }
    if inputs > 1 { throw CommandError.severalClipsInOneFile(output) }
    try OutputPath.checkFile(output)
    return nil
  }

  /// The token file of a clip.
  func path(of clip: String) -> String {
    guard !isSingleFile else { return output }
    let name =
      needEnding.contains(clip)
      ? URL(fileURLWithPath: clip).lastPathComponent : TokenFileTarget.stem(of: clip)
    return URL(fileURLWithPath: output).appendingPathComponent(name + ".safetensors").relativePath
  }

  /// Files in a folder stay as they are; a single named file is made anew.
  func isThere(for clip: String) -> Bool {
    !isSingleFile && FileManager.default.fileExists(atPath: path(of: clip))
  }
}
