import TokenizerEngine

/// What is being changed on the Tokens screen: the box, what was copied, and how far a walk is.
package struct TokenEditing: Equatable, Sendable {
  /// The corner of a box that lies opposite the cursor; nil while no box is chosen.
  package var anchor: TokenPosition?
  /// It outlives the clip that it was copied from.
  package var copied: TokenBlock?
  var walk: CodeWalk?
  /// Edits that were asked for, with what is to be said of them beside what they did.
  var asked: [JobID: String] = [:]
  /// What edits are called when they are taken back.
  var names: [JobID: String] = [:]
  /// Steps that were taken back.
  var undone: Set<JobID> = []
  /// Counts the changes of the working tokens.
  var changes = 0
  /// Whether it is shown what bits do.
  package var isExplaining = false
  package var effects: TokenEffects?
  /// The chunk whose tokens the engine is ready to change, and after which change.
  var readied: ReadiedChunk?

  /// For the next clip, too.
  var carriedOver: TokenEditing {
    var next = TokenEditing()
    next.copied = copied
    next.isExplaining = isExplaining
    return next
  }
}

/// From one code to another along the bits in which they differ.
struct CodeWalk: Equatable, Sendable {
  let position: TokenPosition
  /// The differing bits, 0 the most significant, in the order in which they are flipped.
  let bits: [Int]
  /// The codes on the way, both ends among them.
  let path: [UInt32]
  var index = 0

  /// Most significant bits first.
  init(at position: TokenPosition, from first: UInt32, to last: UInt32, bits count: Int) {
    self.position = position
    bits = (0..<count).filter { (first ^ last) >> UInt32(count - 1 - $0) & 1 == 1 }
    path = bits.reduce(into: [first]) { path, bit in
      path.append((path.last ?? first) ^ 1 << UInt32(count - 1 - bit))
    }
  }
}

/// What the bits of the token under the cursor do, as far as it is known.
package struct TokenEffects: Equatable, Sendable {
  package let position: TokenPosition
  package let frame: Int
  let changes: Int
  let job: JobID
  /// By bit.
  package var bits: [Int: BitEffect] = [:]

  /// The bit that changes most.
  var strongest: BitEffect? { bits.values.max { ($0.mean, $1.bit) < ($1.mean, $0.bit) } }
}

struct ReadiedChunk: Equatable, Sendable {
  var chunk: Int
  var caption: String?
}

extension JobID {
  /// Nobody follows what makes the next edit quick.
  static let readying = JobID(0)
}
