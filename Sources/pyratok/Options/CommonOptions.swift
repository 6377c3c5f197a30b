import ArgumentParser
import Tensors
import TokenizerEngine

/// What every command understands.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder of weights. Else $PYRATOK_MODEL, ../share/pyratok/models, the source tree.",
      valueName: "folder"))
  var model: String?

  @Option(
    parsing: .unconditional, help: "How many threads may calculate (default: all processors).")
  var threads: Int?

  @Option(
    parsing: .unconditional, help: "Where random numbers start: the same number, the same result.")
  var seed: UInt64 = 0

  @Flag(help: "Show no progress and no notices, and not what was written.")
  var quiet = false

  func validate() throws {
    let most = max(64, 4 * Machine.processors)
    if let threads, !(1...most).contains(threads) {
      throw ValidationError("--threads takes 1 to \(most) on this machine.")
    }
  }

  /// To be called first by every command: takes over threads and signals.
  func begin() {
    applyThreads()
    Interruption.watch()
  }

  func applyThreads() {
    if let threads { Threads.count = threads }
  }

  /// With the model loaded.
  func session() throws -> Session {
    let session = Session(loadCodec: loadCodec)
    try session.loadModel(model)
    return session
  }
}
