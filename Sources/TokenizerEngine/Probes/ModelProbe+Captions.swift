import Evaluation
import Tensors
import Tokenization
import Training

/// What captions do to the tokens of fresh clips, and whether tokens know their caption.
///
/// A clip's shuffled caption is that of the next clip; captions differ pairwise.
package struct CaptionReport: Sendable, Equatable {
  /// Shares of tokens with another code; level 1 first.
  package struct Changes: Sendable, Equatable {
    package fileprivate(set) var rightFromNone: [Double]
    package fileprivate(set) var shuffledFromNone: [Double]
    package fileprivate(set) var rightFromShuffled: [Double]
  }

  package let clips: Int
  package let changes: Changes
  /// In decibels, the mean over frames, then clips.
  package let psnrRight: Double
  package let psnrShuffled: Double
  package let psnrNone: Double
  /// The share of clips whose codes, made without any caption, lie nearer to the right caption than to
  /// the shuffled one; of equals, half.
  package let wins: Double
  /// The same for codes made with the right caption, which may have told it to them.
  package let winsWithCaption: Double
}

extension ModelProbe {
  package func captions(_ clips: FreshClips, report: StepReport) throws -> CaptionReport {
    var tally = CaptionTally(levels: tokenizer.configuration.levelCount)
    let all = clips.clips(set: 0)
    // Captions alone first: a clip's shuffled one is the next clip's.
    let captions = try all.map { clip in
      try report(0, clips.count)
      return clip.caption
    }
    let shuffled = Array(captions.dropFirst()) + captions.prefix(1)
    try all.inBatches(of: clips.batch) { batch in
      try report(tally.clips, clips.count)
      let chosen = Array(shuffled[tally.clips..<tally.clips + batch.count])
      tally.add(try judged(batch, shuffled: chosen))
    }
    return tally.report
  }

  private func judged(_ batch: [WorldClip], shuffled: [String]) throws -> CaptionTally.Batch {
    let model = tokenizer.model
    let video = Variable(FreshClips.video(batch))
    let features = model.encoder(video)
    let contexts = [nil, text(batch.map(\.caption)), text(shuffled)]
    let latents = contexts.map { model.quantizer.quantize(features, text: $0, stream: nil) }
    let scores = latents.map { latents in
      let pictures = model.decode(latents.codes).value
      return batch.indices.map { index in
        var score = ReconstructionScore(comparesStructure: false)
        Self.add(pictures.sliced(0, index..<index + 1), batch[index], to: &score)
        return score.psnr
      }
    }
    func win(_ latents: QuantizedLatents) -> Double {
      guard let right = contexts[1], let wrong = contexts[2] else { return .nan }
      let near = model.alignment(latents, text: right)
      let far = model.alignment(latents, text: wrong)
      let codes = Self.rows(near.codes.value)
      return zip(codes, zip(Self.rows(near.text.value), Self.rows(far.text.value)))
        .reduce(0) { sum, row in
          let (own, other) = (Self.product(row.0, row.1.0), Self.product(row.0, row.1.1))
          return sum + (own > other ? 1 : own == other ? 0.5 : 0)
        }
    }
    return CaptionTally.Batch(
      codes: latents.map { $0.codes.map(Self.integers) }, psnr: scores,
      wins: win(latents[0]), winsWithCaption: win(latents[1]))
  }
}

/// Adds up batches; in each, none comes first, then right, then shuffled.
private struct CaptionTally {
  struct Batch {
    /// Way, level, token.
    let codes: [[[UInt32]]]
    /// Way, clip.
    let psnr: [[Double]]
    let wins: Double
    let winsWithCaption: Double
  }

  private(set) var clips = 0
  /// Pair of ways, level.
  private var changed: [[Int]]
  private var tokens: [Int]
  private var psnr = [0.0, 0.0, 0.0]
  private var wins = 0.0
  private var winsWithCaption = 0.0
  /// Right from none, shuffled from none, right from shuffled.
  private static let pairs = [(1, 0), (2, 0), (1, 2)]

  init(levels: Int) {
    tokens = [Int](repeating: 0, count: levels)
    changed = Self.pairs.map { _ in [Int](repeating: 0, count: levels) }
  }

  mutating func add(_ batch: Batch) {
    clips += batch.psnr[0].count
    for level in tokens.indices {
      tokens[level] += batch.codes[0][level].count
      for (pair, ways) in Self.pairs.enumerated() {
        changed[pair][level] +=
          zip(batch.codes[ways.0][level], batch.codes[ways.1][level]).count { $0 != $1 }
      }
    }
    for way in psnr.indices { psnr[way] += batch.psnr[way].reduce(0, +) }
    wins += batch.wins
    winsWithCaption += batch.winsWithCaption
  }

  var report: CaptionReport {
    let count = Double(clips)
    let shares = changed.map { zip($0, tokens).map { Double($0) / Double($1) } }
    return CaptionReport(
      clips: clips,
      changes: .init(
        rightFromNone: shares[0], shuffledFromNone: shares[1], rightFromShuffled: shares[2]),
      psnrRight: psnr[1] / count, psnrShuffled: psnr[2] / count, psnrNone: psnr[0] / count,
      wins: wins / count, winsWithCaption: winsWithCaption / count)
  }
}
