import Foundation
import Tensors
import TestSupport
import Tokenization

/// A clip of 9 frames of 96x64, weights and a prior for them.
struct Studio {
  let folder: TemporaryFolder
  let model: TinyModel
  let prior: TinyPrior
  let clip: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel()
    prior = try TinyPrior(for: model)
    clip = folder.file("clip.mkv")
    try MadeClip.write(MadeClip.frames(9, width: 96, height: 64), to: clip)
  }

  func arguments(_ more: [String]) -> [String] {
    ["regenerate"] + more
      + ["--model", model.path, "--prior", prior.path, "--steps", "2", "--threads", "1"]
  }

  func run(_ more: String...) throws -> Program.Result { try Program.start(arguments(more)).wait() }

  func file(_ name: String) -> String { folder.file(name) }

  func tokens(_ name: String) throws -> ClipTokens { try ClipTokens.read(file(name)) }

  func frames(_ name: String) throws -> (shape: [Int], values: [UInt8]) {
    let array = try NumpyFile.read(file(name)).array
    return (array.shape, [UInt8](array.bytes))
  }

  /// Everything that stands in the folder besides the clip.
  func leftovers() throws -> [String] { try folder.contents().filter { $0 != "clip.mkv" } }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
  }
}
