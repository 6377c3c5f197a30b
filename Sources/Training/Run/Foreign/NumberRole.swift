/// What a number of another program is, as far as its name tells.
package enum NumberRole: Sendable, Equatable, Hashable {
  case loss
  case validationLoss
  case learningRate
  case gradientNorm
  case psnr
  /// About the use of codes; the level, from 1 on, where the name has one.
  case codebook(CodebookNumber, level: Int?)
  case other

  /// Of a codebook.
  package enum CodebookNumber: String, Sendable, Hashable {
    case usage
    case active
    case perplexity
    case entropy
  }

  init(tag: String) {
    let words = TagWords(tag)
    self =
      if let number = words.codebookNumber {
        .codebook(number, level: words.level)
      } else if words.has("psnr") {
        .psnr
      } else if words.has("lr") || words.has("learning") && words.has("rate") {
        .learningRate
      } else if words.has("gradnorm") || words.has("norm") && words.hasAny(of: TagWords.gradients) {
        .gradientNorm
      } else if words.isWholeLoss {
        words.hasAny(of: TagWords.validations) ? .validationLoss : .loss
      } else {
        .other
      }
  }
}

/// The words of a tag such as `train/vqLoss_level2`: train, vq, loss, level, 2.
struct TagWords {
  let words: [String]

  static let gradients: Set = ["grad", "gradient", "gradients", "grads"]
  static let validations: Set = ["val", "valid", "validation", "eval", "evaluation", "test", "dev"]
  /// Words beside "loss" that do not make it a part of the loss.
  private static let wholes: Set = [
    "loss", "train", "training", "total", "all", "overall", "full", "sum", "mean", "avg", "step",
    "epoch", "batch", "iter", "metrics", "losses",
  ]
  private static let levels: Set = [
    "level", "l", "lvl", "scale", "stage", "quantizer", "q", "codebook", "layer", "vq", "rvq",
    "book", "group", "levels", "codebooks", "quantizers",
  ]
  /// Machines have usage too.
  private static let machines: Set = [
    "gpu", "cpu", "memory", "mem", "ram", "vram", "disk", "network", "system", "power", "swap",
  ]
  private static let codes: Set = [
    "codebook", "codebooks", "code", "codes", "vq", "rvq", "fsq", "lfq", "bsq", "quantizer",
    "quantizers", "quant", "quantize", "token", "tokens", "tokenizer", "level", "levels", "embed",
    "embedding", "bit", "bits", "book", "lookup",
  ]

  init(_ tag: String) {
    var words: [String] = []
    var word = ""
    var last: Character?
    func isDigit(_ letter: Character) -> Bool { letter.isASCII && letter.isNumber }
    for letter in tag.prefix(512) {
      let isPart = letter.isLetter || letter.isNumber
      let turns = last.map {
        isDigit(letter) != isDigit($0) || letter.isUppercase && $0.isLowercase
      }
      if !isPart || turns == true, !word.isEmpty {
        words.append(word)
        word = ""
      }
      if isPart { word += letter.lowercased() }
      last = isPart ? letter : nil
    }
    if !word.isEmpty { words.append(word) }
    self.words = words
  }

  func has(_ word: String) -> Bool { words.contains(word) }
  func hasAny(of list: Set<String>) -> Bool { words.contains { list.contains($0) } }

  /// Whether it is about codes beyond doubt.
  var namesCodes: Bool { hasAny(of: Self.codes) }

  var codebookNumber: NumberRole.CodebookNumber? {
    guard !hasAny(of: Self.machines), !has("loss"), !has("losses"), !has("weight") else {
      return nil
    }
    for word in words {
      if word.hasPrefix("utili") || word.contains("usage") { return .usage }
      if word.contains("active"), word != "inactive" { return .active }
      if word.contains("perplexity") || word == "ppl" && namesCodes { return .perplexity }
      if word.contains("entropy") { return .entropy }
    }
    return nil
  }

  /// The number behind a word for levels; else a number that is a word of its own.
  var level: Int? {
    func number(_ place: Int) -> Int? { Int(words[place]).flatMap { $0 < 100 ? $0 : nil } }
    for place in words.indices.dropFirst() where Self.levels.contains(words[place - 1]) {
      if let level = number(place) { return level }
    }
    let numbers = words.indices.compactMap(number)
    return numbers.count == 1 ? numbers[0] : nil
  }

  var isWholeLoss: Bool {
    has("loss") && words.allSatisfy { Self.wholes.contains($0) || Self.validations.contains($0) }
  }
}
