import Tokenization

/// What was changed while the run went on, for one stage.
struct StageChanges: Equatable {
  /// The peak of the schedule.
  var learningRate: Double?
  var weights: LossWeights = [:]
}

/// The trainer's end of `commands.jsonl`.
///
/// What it has answered lies in the file, so a run that is resumed from an earlier step makes the
/// same changes at the same steps again.
struct RunControl {
  private let plan: TrainingPlan
  private let path: String
  private var lines: GrowingLines
  private var journal = RunJournal()

  /// Reads what is there; questions to a process that has ended are answered with no.
  init(folder: RunFolder, plan: TrainingPlan, step: Int) throws {
    self.plan = plan
    path = folder.commandsPath
    lines = GrowingLines(path: path)
    for command in try read() where ["pause", "resume", "stop"].contains(command.command) {
      try answer(command, step: step, refusal: "no process was training when it was asked")
    }
  }

  /// Commands without an answer.
  mutating func read() throws -> [RunCommand] {
    let growth = lines.read()
    if growth.isRestarted { journal = RunJournal() }
    for line in growth.lines { journal.add(line) }
    // A last line that lacks only its end is whole; one that lacks more is no JSON yet.
    if !lines.unfinished.isEmpty { journal.add(lines.unfinished) }
    return journal.unanswered
  }

  mutating func answer(_ command: RunCommand, step: Int, refusal: String?) throws {
    let answer = RunAnswer(
      id: command.id, step: step, applied: refusal == nil, reason: refusal ?? "")
    try RunJournal.append(answer, to: path)
    for line in lines.read().lines { journal.add(line) }
  }

  /// What holds for the next step when so many are done: each change ends with its stage.
  func changes(at step: Int) -> StageChanges {
    var changes = StageChanges()
    let stage = plan.stageIndex(at: step)
    for (changed, command) in journal.applied
    where changed <= step && plan.stageIndex(at: changed) == stage {
      if let term = command.weightedTerm {
        changes.weights[term] = command.value
      } else if command.command == "learning_rate" {
        changes.learningRate = command.value
      }
    }
    return changes
  }

  /// Why a change cannot be made; nil if it can, and for commands that change no number.
  func problem(_ command: RunCommand) -> String? {
    if let term = command.weightedTerm {
      guard LossTerm(rawValue: term) != nil else {
        let names = LossTerm.allCases.map(\.rawValue)
        return
          "there is no term “\(term)”; did you mean “\(NearestName.find(term, in: names))”?"
      }
      guard let value = command.value, value.isFinite, value >= 0 else {
        return "a weight is a number that is not negative"
      }
      // What a term computes with was made, or not, when the run began.
      guard plan.stages.contains(where: { $0.losses[term] != nil }) else {
        return "the plan names no such term"
      }
      return nil
    }
    switch command.command {
    case "learning_rate":
      guard let value = command.value, value.isFinite, value > 0 else {
        return "a learning rate is a number above 0"
      }
      return nil
    case "pause", "resume", "stop", "checkpoint": return nil
    default:
      let known = ["pause", "resume", "stop", "checkpoint", "learning_rate", "weight:l1"]
      return "there is no command “\(command.command)”; did you mean "
        + "“\(NearestName.find(command.command, in: known))”?"
    }
  }
}

extension RunCommand {
  /// The term whose weight is changed; nil for other commands.
  fileprivate var weightedTerm: String? {
    command.hasPrefix("weight:") ? String(command.dropFirst("weight:".count)) : nil
  }
}
