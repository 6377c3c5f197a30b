import Foundation

/// Where token files go: one file for one clip, or a folder with a file for each.
struct TokenFileTarget {
  private let output: String
  /// By clip, without the ending .safetensors.
  private let names: [String: String]
  /// Clips that another one of the same name came before, in their order.
  let renamed: [String]

  init(output: String, clips: [String]) {
    self.output = output
    var names: [String: String] = [:]
    var renamed: [String] = []
    let alike = Dictionary(grouping: clips, by: TokenFileTarget.stem)
    let wanted = clips.map { clip in
      // Clips whose names differ in the ending alone keep it.
      let group = Set((alike[TokenFileTarget.stem(of: clip)] ?? []).map(TokenFileTarget.name))
      return (
        clip: clip,
        name: group.count > 1 ? TokenFileTarget.name(of: clip) : TokenFileTarget.stem(of: clip)
      )
    }
    var taken = Set(wanted.map(\.name))
    var given: Set<String> = []
    for (clip, name) in wanted where names[clip] == nil {
      guard !given.insert(name).inserted else {
        names[clip] = name
        continue
      }
      var number = 2
      while !taken.insert("\(name)-\(number)").inserted { number += 1 }
      names[clip] = "\(name)-\(number)"
      renamed.append(clip)
    }
    self.names = names
    self.renamed = output.hasSuffix(".safetensors") ? [] : renamed
  }

  private static func stem(of clip: String) -> String {
    URL(fileURLWithPath: clip).deletingPathExtension().lastPathComponent
  }

  private static func name(of clip: String) -> String {
    URL(fileURLWithPath: clip).lastPathComponent
  }

  var isSingleFile: Bool { output.hasSuffix(".safetensors") }

  /// The folder that was opened for the files, to be closed; nil for a single file.
  func open(inputs: [String]) throws -> OutputFolder? {
    try OutputPath.check(output, isNoneOf: inputs)
    guard isSingleFile else { return try OutputFolder(output) }
    if inputs.count > 1 { throw CommandError.severalClipsInOneFile(output) }
    try OutputPath.checkFile(output)
    return nil
  }

  /// The token file of a clip.
  func path(of clip: String) -> String {
    guard !isSingleFile else { return output }
    let name = names[clip] ?? TokenFileTarget.stem(of: clip)
    return URL(fileURLWithPath: output).appendingPathComponent(name + ".safetensors").relativePath
  }

  /// Files in a folder stay as they are; a single named file is made anew.
  func isThere(for clip: String) -> Bool {
    !isSingleFile && FileManager.default.fileExists(atPath: path(of: clip))
  }
}
