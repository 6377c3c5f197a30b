/// What is wrong with a model folder, a token file or a request, in one line.
package enum TokenizationError: Error, Equatable, CustomStringConvertible {
  case badModel(path: String, reason: String)
  case badTokens(path: String, reason: String)
  case otherWeights(path: String, tokens: String, model: String)
  case badThresholds(path: String, reason: String)
  case unusable(reason: String)

  package var description: String {
    switch self {
    case .badModel(let path, let reason): "\(path) is not a usable model: \(reason)."
    case .badTokens(let path, let reason): "\(path) is not a usable token file: \(reason)."
    case .otherWeights(let path, let tokens, let model):
      "\(path) was made with the weights \(tokens.prefix(12)), and the loaded model is "
        + "\(model.prefix(12)); give its model with --model, or --force to decode anyway."
    case .badThresholds(let path, let reason): "\(path) is no file of thresholds: \(reason)."
    case .unusable(let reason): reason
    }
  }
}
