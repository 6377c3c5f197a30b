import Tensors
import Tokenization
import TokenizerEngine

/// A token file that was there before, held against what is asked for now.
struct KeptTokens {
  let path: String
  let request: ClipRequest
  let caption: String?
  let model: ModelSummary?

  /// Why nothing is written, with the settings of the file where they are others.
  var reason: String {
    guard let tokens = try? ClipTokens.read(path) else {
      return "\(path) is there already and is no usable token file; remove it"
    }
    let differences = differences(of: tokens)
    guard !differences.isEmpty else { return "\(path) is there already" }
    return "\(path) is there already with other settings (\(differences.joined(separator: ", "))); "
      + "remove it or choose another folder"
  }

  /// What the file has and this call does not ask for; what cannot be told is no difference.
  private func differences(of tokens: ClipTokens) -> [String] {
    var found: [String] = []
    if let clip = try? OpenedClip(request).summary {
      if [tokens.frames, tokens.width, tokens.height] != [clip.frameCount, clip.width, clip.height]
      {
        found.append("\(tokens.frames) frames of \(tokens.width)x\(tokens.height)")
      }
      if tokens.startFrame != clip.firstFrame { found.append("from frame \(tokens.startFrame)") }
    }
    if tokens.caption != caption {
      found.append(tokens.caption.map { "caption \($0.quotedForMessage)" } ?? "no caption")
    }
    if let model, tokens.modelSHA256 != model.sha256 {
      found.append("model \(tokens.model.quotedForMessage) \(tokens.modelSHA256.prefix(12))")
    }
    return found
  }
}
