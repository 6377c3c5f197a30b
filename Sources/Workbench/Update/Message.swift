import TokenizerEngine

/// What can happen to the program.
package enum Message: Equatable, Sendable {
  case key(Key)
  case resized(Size)
  case engine(EngineEvent)
  case run(RunEvent)
  /// The clock, in seconds; sent before keys and whenever a deadline has passed.
  case clock(Double)
  case presented(PresenterFigures)
  /// Another theme, chosen for the terminal's background.
  case theme(String)
  /// A line that something outside the update wants to say.
  case notice(String, isError: Bool)
  /// A name that is free on disk, in place of one that a command line proposed.
  case freeName(String, insteadOf: String)
}

/// What the program does in answer.
package enum Effect: Equatable, Sendable {
  case submit(EngineCommand)
  case run(RunRequest)
  case quit
  case suspend
  /// Forget what the terminal shows and write everything anew.
  case repaint
  case copy(String)
  case theme(String)
  case nextColourMode
  /// Find a name like this one that no file has, and say it where this one is taken.
  case findFreeName(String)
}
