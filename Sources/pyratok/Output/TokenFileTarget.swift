import Foundation

/// Where token files go: one file for one clip, or a folder with a file for each.
struct TokenFileTarget {
  let output: String

  private var isSingleFile: Bool { output.hasSuffix(".safetensors") }

  func check(inputs: Int) throws {
    if isSingleFile, inputs > 1 { throw CommandError.notAFolder(output) }
    try isSingleFile ? OutputPath.checkFile(output) : OutputPath.makeFolder(output)
  }

  /// The token file of a clip.
  func path(of clip: String) -> String {
    guard !isSingleFile else { return output }
    let name = URL(fileURLWithPath: clip).deletingPathExtension().lastPathComponent
    return URL(fileURLWithPath: output).appendingPathComponent(name + ".safetensors").relativePath
  }

  /// Files in a folder stay as they are; a single named file is made anew.
  func isThere(for clip: String) -> Bool {
    !isSingleFile && FileManager.default.fileExists(atPath: path(of: clip))
  }
}
