import Tokenization

/// What is to be made anew, and from which sentence.
package struct RegenerationRequest: Sendable, Hashable {
  package var prompt: String
  package var region: ClipRegion
  package var settings: SamplingSettings
  /// The folder of the prior, or its name; the bundled one if nil.
  package var prior: String?

  package init(
    prompt: String, region: ClipRegion, settings: SamplingSettings = SamplingSettings(),
    prior: String? = nil
  ) {
    self.prompt = prompt
    self.region = region
    self.settings = settings
    self.prior = prior
  }
}

/// Where a regeneration stands.
package struct RegenerationProgress: Sendable, Equatable {
  /// The level that is being filled; 4, the coarsest, comes first.
  package var level: Int
  /// Groups of bits that are settled, of all that were to be made anew.
  package var settled: Int
  package var total: Int
  /// Seconds so far, and those that are likely left; nil before the first pass.
  package var seconds: Double
  package var secondsLeft: Double?

  package init(level: Int, settled: Int, total: Int, seconds: Double, secondsLeft: Double?) {
    self.level = level
    self.settled = settled
    self.total = total
    self.seconds = seconds
    self.secondsLeft = secondsLeft
  }

  package var fraction: Double { total > 0 ? Double(settled) / Double(total) : 1 }
}

/// What came of a regeneration.
package struct RegenerationReport: Sendable, Equatable {
  /// Tokens that were made anew, level 1 first, and those whose code is another one now.
  package var redrawn: [Int]
  package var changed: [Int]
  /// Shares of the pixels outside the dilated region that differ from the reconstruction by more
  /// than 2/255, before and after blending; nil where there are no such pixels.
  package var changedOutsideBeforeBlending: Double?
  package var changedOutside: Double?
  package var outsidePixels: Int
  /// Wall time without loading the models.
  package var seconds: Double
  /// Words of the prompt that the prior's vocabulary has no whole entry for: used letter by letter.
  package var unknownWords: [String]

  package init(
    redrawn: [Int], changed: [Int], changedOutsideBeforeBlending: Double?,
    changedOutside: Double?, outsidePixels: Int, seconds: Double, unknownWords: [String]
  ) {
    self.redrawn = redrawn
    self.changed = changed
    self.changedOutsideBeforeBlending = changedOutsideBeforeBlending
    self.changedOutside = changedOutside
    self.outsidePixels = outsidePixels
    self.seconds = seconds
    self.unknownWords = unknownWords
  }
}
