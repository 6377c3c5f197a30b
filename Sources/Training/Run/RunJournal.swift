import FoundationEssentials

/// What somebody asked of a run: a line `{id, time, command, value}` of `commands.jsonl`.
package struct RunCommand: Sendable, Equatable, Codable {
  package var id: String
  /// Seconds since 1970 by the asker's clock; nothing depends on it.
  package var time: Double
  /// pause, resume, stop, checkpoint, learning_rate or weight:TERM.
  package var command: String
  package var value: Double?

  package init(id: String, time: Double, command: String, value: Double? = nil) {
    self.id = id
    self.time = time
    self.command = command
    self.value = value
  }

  /// A value that is no number is none, so that the question is answered and not lost.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    id = try fields.decode(String.self, forKey: .id)
    command = try fields.decode(String.self, forKey: .command)
    time = (try? fields.decode(Double.self, forKey: .time)) ?? 0
    value = try? fields.decode(Double.self, forKey: .value)
  }

  /// The command with a new id and the present time.
  package init(_ command: String, value: Double? = nil) {
    let now = Date().timeIntervalSince1970
    self.init(
      id: "\(Int(now * 1000))-\(UInt32.random(in: 0 ... .max))", time: now, command: command,
      value: value)
  }
}

/// What the trainer said to a command: a line `{id, step, applied, reason}`.
package struct RunAnswer: Sendable, Equatable, Codable {
  package var id: String
  /// How many steps were done.
  package var step: Int
  package var applied: Bool
  package var reason: String
}

/// The commands and answers of a run in the order of their lines.
///
/// Viewers append commands, the trainer appends answers; lines that are neither are passed over.
package struct RunJournal: Sendable, Equatable {
  /// Each id once.
  package private(set) var commands: [RunCommand] = []
  package private(set) var answers: [String: RunAnswer] = [:]

  mutating func add(_ line: [UInt8]) {
    let decoder = JSONDecoder()
    let data = Data(line)
    if let command = try? decoder.decode(RunCommand.self, from: data) {
      if !commands.contains(where: { $0.id == command.id }) { commands.append(command) }
    } else if let answer = try? decoder.decode(RunAnswer.self, from: data) {
      // The first answer counts: a step is journalled once.
      if answers[answer.id] == nil { answers[answer.id] = answer }
    }
  }

  var unanswered: [RunCommand] { commands.filter { answers[$0.id] == nil } }

  /// What was changed, with the step that it was changed at, in the order of steps.
  var applied: [(step: Int, command: RunCommand)] {
    commands.compactMap { command in
      guard let answer = answers[command.id], answer.applied else { return nil }
      return (answer.step, command)
    }.enumerated().sorted { ($0.1.step, $0.0) < ($1.1.step, $1.0) }.map(\.element)
  }

  /// Asks something of the run in a folder.
  package static func ask(_ command: RunCommand, ofRun path: String) throws {
    try append(command, to: RunFolder(path: path).commandsPath)
  }

  static func append(_ line: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AppendedFile.appendLine([UInt8](try encoder.encode(line)), to: path)
  }
}
