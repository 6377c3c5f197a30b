import Tokenization
import VideoIO

/// How far the tokens of one clip are from those that another model, such as an earlier checkpoint,
/// makes of it.
package struct TokenDrift: Sendable, Equatable {
  /// The other model.
  package let model: ModelSummary
  /// Level 1 first.
  package private(set) var levels: [Level]

  package struct Level: Sendable, Equatable {
    package let level: Int
    package let rows: Int
    package let columns: Int
    package let bits: Int
    /// For each step how many bits of each token are others, row by row; none where it is unknown.
    private var distances: [[UInt8]]
    /// Tokens that were compared.
    package private(set) var tokens = 0
    /// Of these, those whose codes differ.
    package private(set) var changed = 0
    /// For each bit, the most significant first, in how many tokens it differs.
    package private(set) var flips: [Int]

    init(level: Int, steps: Int, rows: Int, columns: Int, bits: Int) {
      self.level = level
      self.rows = rows
      self.columns = columns
      self.bits = bits
      distances = [[UInt8]](repeating: [], count: steps)
      flips = [Int](repeating: 0, count: bits)
    }

    /// Bits that differ, 0…B; nil where that is not known.
    package func distance(step: Int, row: Int, column: Int) -> Int? {
      guard distances.indices.contains(step), !distances[step].isEmpty,
        (0..<rows).contains(row), (0..<columns).contains(column)
      else { return nil }
      return Int(distances[step][row * columns + column])
    }

    /// The share of codes that differ; nil while nothing was compared.
    package var changedShare: Double? {
      tokens > 0 ? Double(changed) / Double(tokens) : nil
    }

    /// The share of bits that differ; one half is what two models without anything in common have.
    package var flippedShare: Double? {
      tokens > 0 ? Double(flips.reduce(0, +)) / Double(tokens * bits) : nil
    }

    fileprivate mutating func compare(_ ours: [UInt32], _ theirs: [UInt32], step: Int) {
      guard distances.indices.contains(step), distances[step].isEmpty, ours.count == theirs.count
      else { return }
      distances[step] = zip(ours, theirs).map { UInt8(($0 ^ $1).nonzeroBitCount) }
      tokens += ours.count
      changed += distances[step].count { $0 > 0 }
      for (code, other) in zip(ours, theirs) where code != other {
        for bit in 0..<bits where (code ^ other) >> UInt32(bits - 1 - bit) & 1 == 1 {
          flips[bit] += 1
        }
      }
    }

    /// Counts of another clip; the places are those of the first.
    package mutating func addCounts(of other: Level) {
      tokens += other.tokens
      changed += other.changed
      for bit in flips.indices { flips[bit] += other.flips[bit] }
    }
  }

  init(_ pyramid: TokenPyramid, model: ModelSummary) {
    self.model = model
    levels = pyramid.levels.map {
      Level(
        level: $0.level, steps: $0.steps, rows: $0.rows, columns: $0.columns, bits: pyramid.bits)
    }
  }

  package subscript(level level: Int) -> Level? { levels.first { $0.level == level } }

  mutating func compare(_ pyramid: TokenPyramid, with slices: [TokenSlice]) {
    for slice in slices.flatMap(\.singleSteps) {
      guard let index = levels.firstIndex(where: { $0.level == slice.level }),
        let ours = pyramid[level: slice.level]?.codes(ofStep: slice.firstStep)
      else { continue }
      levels[index].compare(ours, slice.codes, step: slice.firstStep)
    }
  }
}

/// Tokenizes the clip with another model, and compares what is known chunk by chunk.
package final class DriftJob: SessionJob {
  private let session: Session
  private let clip: OpenedClip
  private let encode: ChunkEncoder
  private let chunks: Int
  private var chunk = 0
  package private(set) var drift: TokenDrift

  init(
    session: Session, clip: OpenedClip, pyramid: TokenPyramid, codec: any ClipCodec,
    caption: String?
  ) throws {
    self.session = session
    self.clip = clip
    encode = try codec.startEncoding(caption: caption)
    chunks = ChunkSchedule.count(frames: clip.summary.frameCount)
    drift = TokenDrift(pyramid, model: codec.summary)
  }

  package var progress: (done: Int, total: Int) { (chunk, chunks) }

  package func step() throws -> [JobOutcome]? {
    guard chunk < chunks, let pyramid = session.pyramid else { return nil }
    let slices = try encode(try clip.chunk(ChunkSchedule.frames(ofChunk: chunk)))
    drift.compare(pyramid, with: slices)
    chunk += 1
    return [.drift(drift)]
  }
}

extension Session {
  /// Compares the known tokens with those of the model in another folder, made with the same caption.
  package func comparing(with path: String) throws -> DriftJob {
    guard let clip, let codec, let pyramid else { throw EngineError.noClip }
    let other = try makeCodec(path)
    let (ours, theirs) = (codec.summary, other.summary)
    guard ours.bits == theirs.bits, ours.strides == theirs.strides else {
      throw EngineError.otherTokens(path: path)
    }
    return try DriftJob(
      session: self, clip: clip, pyramid: pyramid, codec: other, caption: caption)
  }

  /// How far the tokens of a whole clip are from another model's.
  package func evaluateDrift(
    _ request: ClipRequest, against path: String, caption: String? = nil, report: StepReport
  ) throws -> TokenDrift {
    try open(request)
    let ours = try tokenizing(from: 0, caption: caption)
    while try ours.step() != nil { try report(ours.progress.done, 2 * ours.progress.total) }
    let job = try comparing(with: path)
    while try job.step() != nil {
      try report(job.progress.total + job.progress.done, 2 * job.progress.total)
    }
    return job.drift
  }
}
