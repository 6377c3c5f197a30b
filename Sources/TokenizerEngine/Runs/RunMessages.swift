import Tokenization
import Training
import VideoIO

package typealias RunStep = Training.StepMetrics
package typealias RunEntry = Training.RunSummary
/// Another program's numbers under one name.
package typealias RunNumbers = Training.RunSeries
package typealias RunNumberRole = Training.NumberRole
package typealias RunPhase = Training.RunState

/// What a front end asks about runs.
package enum RunRequest: Sendable, Equatable {
  /// These runs are read from now on, whenever somebody looks; all others are let go.
  case follow([String])
  /// Reads what is new in the followed runs.
  case look
  /// Looks through a folder of runs.
  case list(folder: String)
  /// Writes a command into a run's journal.
  case ask(run: String, command: String, value: Double?)
  /// Begins a run by a plan, given by its path or a bundled one's name, in a folder of its own.
  case start(plan: String, folder: String)
  /// Goes on with a run that has ended.
  case resume(run: String)
}

/// What there is to say about runs; small values, and nothing that is not new.
package enum RunEvent: Sendable, Equatable {
  /// Further steps, or all of them anew.
  case steps([RunStep], run: String, isRestarted: Bool)
  /// Further numbers of another program's run, or all of them anew.
  case series([RunNumbers], run: String, isRestarted: Bool)
  case status(RunStatus, run: String)
  case bands([RunBands], run: String, isRestarted: Bool)
  case previews([RunPreview], run: String, isRestarted: Bool)
  case listed([RunEntry], plans: [String])
  /// The command stands in the journal under this id.
  case asked(id: String, run: String)
  /// A process trains in this folder now.
  case started(run: String)
  /// With one line for the person at the keyboard; `run` where it concerns one.
  case failed(String, run: String?)
}

/// What a run is doing.
package struct RunStatus: Sendable, Equatable {
  package struct Stage: Sendable, Equatable {
    package var name: String
    /// How many steps are done when it ends.
    package var end: Int

    package init(name: String, end: Int) {
      self.name = name
      self.end = end
    }
  }

  /// A command of the journal and what became of it.
  package struct Request: Sendable, Equatable {
    package var id: String
    package var command: String
    package var value: Double?
    /// Nil until the trainer has answered.
    package var answer: Answer?

    package init(id: String, command: String, value: Double? = nil, answer: Answer? = nil) {
      self.id = id
      self.command = command
      self.value = value
      self.answer = answer
    }
  }

  package struct Answer: Sendable, Equatable {
    package var step: Int
    package var applied: Bool
    package var reason: String

    package init(step: Int, applied: Bool, reason: String = "") {
      self.step = step
      self.applied = applied
      self.reason = reason
    }
  }

  /// Nil before the first record was written.
  package var state: RunState?
  /// How much of the run's files was read, from 0 to 1; nil when all of it was.
  package var readShare: Double?
  /// Steps that the plan has.
  package var steps: Int?
  package var secondsLeft: Double?
  /// The gravest first.
  package var alerts: [CodebookAlert] = []
  /// The last commands, oldest first.
  package var journal: [Request] = []
  package var stages: [Stage] = []
  package var host: String?
  package var processID: Int32?
  /// Whether another program makes the run: it can be watched, and not steered.
  package var isForeign = false

  package init() {}
}

/// How the values before the sign spread at one step: nine percentiles, as TensorBoard's.
package struct RunBands: Sendable, Equatable {
  package static let shares = [
    0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1,
  ]

  package var step: Int
  package var level: Int
  /// One for each of `shares`, rising.
  package var values: [Double]

  package init(step: Int, level: Int, values: [Double]) {
    self.step = step
    self.level = level
    self.values = values
  }
}

/// Frames of a held-out clip above those of its reconstruction, as they were at a step.
package struct RunPreview: Sendable, Equatable {
  package var step: Int
  /// From 1 on.
  package var clip: Int
  package var picture: Frame

  package init(step: Int, clip: Int, picture: Frame) {
    self.step = step
    self.clip = clip
    self.picture = picture
  }
}
