import ArgumentParser

/// What the commands are called, and which one was meant by a word that is none.
enum CommandNames {
  private static var all: [String] { names(of: Pyratok.configuration.subcommands) }

  /// The command that differs from `word` in two letters at most; nil for a command itself.
  static func nearest(to word: String) -> String? { nearest(to: word, among: all) }

  private static func nearest(to word: String, among names: [String]) -> String? {
    let near = names.map { (name: $0, distance: distance($0, word)) }
      .min { $0.distance < $1.distance }
    guard let near, (1...2).contains(near.distance), near.distance * 2 < word.utf8.count else {
      return nil
    }
    return near.name
  }

  /// One line for arguments that cannot be parsed where their first word tells why.
  static func advice(for arguments: [String]) -> String? {
    guard let first = arguments.first else { return nil }
    if let command = nearest(to: first) {
      return "\(first): is no command; did you mean \(command)?"
    }
    let known = names(of: Evaluate.configuration.subcommands)
    guard first == Evaluate._commandName, arguments.count > 1, !arguments[1].hasPrefix("-"),
      !(known + ["help"]).contains(arguments[1])
    else { return nil }
    let meant =
      nearest(to: arguments[1], among: known)
      ?? "\(EvaluateReconstruction._commandName) \(arguments[1])"
    return "evaluate: \(arguments[1]) is nothing that it judges; did you mean "
      + "`pyratok evaluate \(meant)`?"
  }

  private static func names(of commands: [any ParsableCommand.Type]) -> [String] {
    commands.map { $0._commandName }
  }

  /// Letters to insert, delete or replace (Levenshtein).
  private static func distance(_ one: String, _ other: String) -> Int {
    let (left, right) = (Array(one.utf8), Array(other.utf8))
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, counterpart) in right.enumerated() {
        let replaced = diagonal + (letter == counterpart ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
