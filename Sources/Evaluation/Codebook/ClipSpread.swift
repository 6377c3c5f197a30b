import Tokenization

/// How many different codes there are within one clip: one code per clip shows here and nowhere else.
package struct ClipSpread: Sendable, Equatable {
  package private(set) var clips = 0
  package private(set) var tokens = 0
  /// Different codes within a clip, summed over clips.
  package private(set) var used = 0
  /// As many as so many random tokens would show, summed over clips.
  package private(set) var ceiling = 0.0

  package init() {}

  package mutating func addClip(tokens: Int, used: Int, codebookSize: Int) {
    guard tokens > 0 else { return }
    clips += 1
    self.tokens += tokens
    self.used += used
    ceiling += UsageEstimators.ceiling(codebookSize: codebookSize, tokens: tokens)
  }

  package mutating func add(_ other: ClipSpread) {
    clips += other.clips
    tokens += other.tokens
    used += other.used
    ceiling += other.ceiling
  }

  /// Codes of a clip beyond its first, over those of random tokens; nil where clips have hardly more
  /// than one token.
  package var share: Double? {
    let reachable = ceiling - Double(clips)
    return reachable > Double(clips) ? Double(used - clips) / reachable : nil
  }

  package var usedInAClip: Double { Double(used) / Double(max(clips, 1)) }
}
