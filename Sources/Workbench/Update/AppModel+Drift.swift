import TokenizerEngine

extension AppModel {
  /// Shows how far the tokens are from those of the model in a folder; "off" or nothing ends it.
  mutating func compareTokens(with path: String) -> [Effect] {
    let stale = jobs.filter { $0.kind == .comparing }
    jobs.removeAll { $0.kind == .comparing }
    let cancelling = stale.map { Effect.submit(.cancel($0.id)) }
    guard !path.isEmpty, path != "off" else {
      say(tokens.drift == nil ? "Nothing is compared; :against MODEL begins." : "Codes again.")
      tokens.drift = nil
      return cancelling
    }
    guard tokens.pyramid?.isWhole == true else {
      return cancelling + refuse("All of the clip must be tokenized first; t goes on with it.")
    }
    tokens.drift = nil
    view = .tokens
    let job = begin(.comparing, subject: path)
    return cancelling + [.submit(.compareTokens(model: path, job: job))]
  }
}
