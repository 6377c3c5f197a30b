import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

private let mosaic = MosaicCodec().summary

/// Draws everything, and sees that the settled groups grow to their total.
@discardableResult
private func finish(_ regeneration: Regeneration) throws -> ClipTokens {
  var settled = 0
  var total = 0
  while let progress = try regeneration.pass() {
    #expect(progress.settled > settled)
    #expect(progress.secondsLeft.map { $0 >= 0 } == true)
    (settled, total) = (progress.settled, progress.total)
  }
  #expect(regeneration.isDone)
  #expect(settled == total)
  #expect(total == 2 * regeneration.open.reduce(0) { $0 + $1.count { $0 } })
  return regeneration.tokens
}

private func request(
  _ region: ClipRegion = ClipRegion(), prompt: String = "a blue square", seed: UInt64 = 0,
  steps: Int = 2
) -> RegenerationRequest {
  var settings = SamplingSettings()
  (settings.seed, settings.steps) = (seed, steps)
  return RegenerationRequest(prompt: prompt, region: region, settings: settings)
}

@discardableResult
private func regeneration(
  _ request: RegenerationRequest, of tokens: ClipTokens, prior: any TokenPrior = TinyPrior(),
  model: ModelSummary = mosaic, shouldStop: @escaping () -> Bool = { false }
) throws -> Regeneration {
  try Regeneration(
    request, of: RegenerationSource(tokens), prior: prior, model: model, shouldStop: shouldStop)
}

private let regions: [ClipRegion] = [
  ClipRegion(), ClipRegion(box: PixelBox(x: 34, y: 34, width: 28, height: 28)),
  ClipRegion(span: 9..<13), ClipRegion(span: 17..<33), ClipRegion(span: 11..<22),
  ClipRegion(box: PixelBox(x: 0, y: 0, width: 32, height: 96), span: 30..<33),
  ClipRegion(levels: [1]), ClipRegion(span: 5..<25, levels: [3, 4]),
]

@Suite struct RegenerationTests {
  /// In one window, in several, and in several of one chunk each.
  @Test(arguments: regions.indices, [[33, 96, 96], [17, 64, 64], [5, 32, 64]])
  func everyOpenTokenIsDrawnAndAllOthersAreKept(region: Int, window: [Int]) throws {
    let tokens = ClipTokens(random: 3, frames: 33, width: 90, height: 96)
    let job = try regeneration(
      request(regions[region]), of: tokens, prior: ConstantPrior(window: window))
    let result = try finish(job)
    for (level, open) in job.open.enumerated() {
      let (old, new) = (tokens.grids[level].codes, result.grids[level].codes)
      let code = ConstantPrior.code(level: level + 1)
      #expect(new.indices.allSatisfy { new[$0] == (open[$0] ? code : old[$0]) })
      #expect(
        open.contains(true) == (regions[region].levels?.contains(level + 1) ?? true),
        "level \(level + 1)")
    }
    let counts = job.counts
    #expect(counts.redrawn == job.open.map { $0.count { $0 } })
    #expect(zip(counts.changed, counts.redrawn).allSatisfy { $0 <= $1 && $0 * 10 >= $1 * 9 })
  }

  @Test func aSeedGivesTheSameTokensAndAnotherOneOthers() throws {
    let tokens = ClipTokens(random: 4, frames: 9, width: 96, height: 64)
    let region = ClipRegion(box: PixelBox(x: 8, y: 8, width: 70, height: 40))
    func drawn(_ prompt: String, seed: UInt64) throws -> ClipTokens {
      try finish(regeneration(request(region, prompt: prompt, seed: seed), of: tokens))
    }
    let first = try drawn("a blue square", seed: 5)
    #expect(try drawn("a blue square", seed: 5) == first)
    #expect(try drawn("a blue square", seed: 6) != first)
    #expect(try drawn("a red circle", seed: 5) != first, "the prompt counts")
    let other = ClipTokens(random: 5, frames: 9, width: 96, height: 64)
    let job = try regeneration(request(region, seed: 5), of: other)
    let beside = try finish(job)
    let inside = job.open[0].indices.filter { job.open[0][$0] }
    #expect(
      inside.contains { beside.grids[0].codes[$0] != first.grids[0].codes[$0] },
      "what is kept counts")
  }

  /// Nor is what stays though it lies partly inside, for it still shows what was there.
  @Test(arguments: [[17, 64, 64], [5, 32, 32]])
  func whatIsMadeAnewIsNotSeenByThePrior(window: [Int]) throws {
    let region = ClipRegion(box: PixelBox(x: 8, y: 8, width: 50, height: 20), span: 1..<7)
    let tokens = ClipTokens(random: 4, frames: 9, width: 96, height: 64)
    let prior = TinyPrior(window: window)
    let job = try regeneration(request(region), of: tokens, prior: prior)
    let result = try finish(job)
    let straddling = region.straddling(geometry: tokens.geometry, padded: tokens.padded)
    #expect(straddling.contains { $0.contains(true) })
    var other = tokens
    var elsewhere = tokens
    for level in 0..<4 {
      for index in tokens.grids[level].codes.indices {
        if job.open[level][index] || straddling[level][index] {
          other.grids[level].codes[index] ^= 0x5A5A
        } else {
          elsewhere.grids[level].codes[index] ^= 0x5A5A
        }
      }
    }
    let again = try finish(regeneration(request(region), of: other, prior: prior))
    for level in 0..<4 {
      for index in job.open[level].indices where job.open[level][index] {
        #expect(again.grids[level].codes[index] == result.grids[level].codes[index])
      }
    }
    let third = try finish(regeneration(request(region), of: elsewhere, prior: prior))
    let same = (0..<4).allSatisfy { level in
      job.open[level].indices.allSatisfy { index in
        !job.open[level][index]
          || third.grids[level].codes[index] == result.grids[level].codes[index]
      }
    }
    #expect(!same, "tokens that are kept count")
  }

  @Test func previewsHideWhatIsNotDrawnAndEndInTheResult() throws {
    let tokens = ClipTokens(random: 4, frames: 9, width: 96, height: 64)
    let job = try regeneration(
      request(), of: tokens, prior: ConstantPrior(window: [9, 64, 64]))
    var hidden: [Int] = []
    repeat {
      let preview = job.preview()
      hidden.append(preview.hidden.reduce(0) { $0 + $1.count { $0 } })
      for level in 0..<4 {
        for index in preview.hidden[level].indices where preview.hidden[level][index] {
          #expect(preview.tokens.grids[level].codes[index] == tokens.grids[level].codes[index])
        }
      }
    } while try job.pass() != nil
    #expect(hidden.first == tokens.count)
    #expect(hidden.last == 0)
    #expect(zip(hidden, hidden.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(job.preview().tokens == job.tokens)
  }

  @Test(arguments: [(17, 8), (17, 1), (10, 7), (1, 4), (17, 40)])
  func aContinuationKeepsTheEarlierTokens(frames: Int, more: Int) throws {
    let tokens = ClipTokens(random: 6, frames: frames, width: 64, height: 64)
    let source = RegenerationSource(tokens, continuedBy: more)
    #expect(source.tokens.frames == frames + more)
    #expect(source.realFrames == frames)
    let region = try #require(source.missing)
    #expect(region.span == frames..<frames + more)
    let job = try Regeneration(
      request(region), of: source, prior: ConstantPrior(), model: mosaic)
    let result = try finish(job)
    for (old, new) in zip(source.tokens.grids, result.grids) {
      // The row that holds the first new frame, and how many of its frames are new.
      let stride = tokens.strides[old.level - 1][0]
      let row = (frames + stride - 1) / stride
      let fresh = row * stride - frames + 1
      let first = old.level == 1 ? max(0, row - 1) : 2 * fresh >= stride ? row : row + 1
      #expect(new.rows(0..<first) == old.rows(0..<first), "level \(old.level)")
      let drawn = new.rows(first..<new.t)
      #expect(drawn.t > 0)
      #expect(drawn.codes.allSatisfy { $0 == ConstantPrior.code(level: old.level) })
    }
    for (old, new) in zip(tokens.grids, source.tokens.grids) {
      #expect(new.rows(0..<old.t) == old, "what is there is not touched by going on")
    }
  }

  @Test func aClipOfUnevenTimesGoesOnAtItsRate() throws {
    var tokens = ClipTokens(random: 6, frames: 3, width: 32, height: 32)
    tokens.times = [0, 0.1, 0.5]
    let times = try #require(RegenerationSource(tokens, continuedBy: 2).tokens.times)
    #expect(zip(times, [0, 0.1, 0.5, 0.54, 0.58]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(times.count == 5)
  }

  @Test func fromTextAloneComesAClipOfTheAskedSize() throws {
    let session = Session(loadCodec: { _ in MosaicCodec() }, loadPrior: { _ in ConstantPrior() })
    let source = try session.emptyClip(frames: 10, width: 90, height: 34, prompt: "a blue square")
    #expect(source.missing == ClipRegion())
    var frames: [Frame] = []
    let result = try session.regenerate(request(), of: source, take: { frames.append($0) })
    #expect(frames.count == 10)
    #expect(frames.allSatisfy { $0.width == 90 && $0.height == 34 })
    let grey = UInt8(ConstantPrior.code(level: 1) & 255)
    #expect(frames.allSatisfy { $0.pixels.allSatisfy { $0 == grey } })
    #expect(result.tokens.caption == "a blue square")
    let counts = [7 * 96, 4 * 96, 4 * 24, 4 * 6]
    #expect(result.report.redrawn == counts)
    #expect(result.report.changed == counts)
    #expect(result.report.changedOutside == nil)
    #expect(result.report.outsidePixels == 0)
  }

  /// Wherever it is asked whether to stop.
  @Test func whoeverStopsItGetsNothing() throws {
    let tokens = ClipTokens(random: 7, frames: 5, width: 96, height: 32)
    var asked = 0
    func run(stoppingAt limit: Int) throws -> (RegenerationResult, [Frame]) {
      asked = 0
      let session = Session(
        loadCodec: { _ in MosaicCodec() }, loadPrior: { _ in TinyPrior(window: [5, 32, 64]) })
      var frames: [Frame] = []
      let result = try session.regenerate(
        request(), of: RegenerationSource(tokens),
        shouldStop: {
          asked += 1
          return asked >= limit
        }, take: { frames.append($0) })
      return (result, frames)
    }
    let whole = try run(stoppingAt: .max)
    #expect(whole.1.count == 5)
    let times = asked
    #expect(times > 30, "it is asked between layers")
    for limit in 1...times {
      #expect(throws: CancellationError.self) { try run(stoppingAt: limit) }
      #expect(asked == limit, "once told, it does nothing more")
    }
  }

  @Test func whatCannotBeDoneIsSaidInOneLine() throws {
    let tokens = ClipTokens(random: 8, frames: 5, width: 64, height: 64)
    var changes: [(RegenerationRequest, String)] = [
      (request(prompt: ""), "empty"), (request(prompt: " \n\t"), "empty"),
      (request(prompt: String(repeating: "word ", count: 20_000)), "100000 bytes"),
      (request(ClipRegion(box: PixelBox(x: 60, y: 0, width: 8, height: 8))), "64x64"),
      (request(ClipRegion(span: 3..<6)), "0:5"), (request(ClipRegion(levels: [9])), "level 9"),
      (
        request(ClipRegion(box: PixelBox(x: 0, y: 0, width: 8, height: 8), levels: [4])),
        "level 4"
      ),
    ]
    var hot = request()
    hot.settings.temperature = -1
    changes.append((hot, "temperature"))
    for (request, reason) in changes {
      #expect {
        try regeneration(request, of: tokens)
      } throws: { error in
        "\(error)".contains(reason) && !"\(error)".contains("\n") && error is RegenerationError
      }
    }
  }

  @Test func tokensAndPriorsOfOtherWeightsAreRefused() throws {
    var tokens = ClipTokens(random: 8, frames: 5, width: 64, height: 64)
    #expect(throws: OtherTokenizer.self) {
      try regeneration(request(), of: tokens, prior: ConstantPrior(sha256: "cd"))
    }
    tokens.modelSHA256 = String(repeating: "cd", count: 32)
    #expect {
      try regeneration(request(), of: tokens)
    } throws: {
      "\($0)".contains("abababababab") && "\($0)".contains("cdcdcdcdcdcd")
    }
  }

  /// A prior of single pictures has no window for what lies between two chunks' last frames.
  @Test func aPriorOfPicturesDrawsNoMotion() throws {
    let prior = ConstantPrior(window: [1, 64, 64])
    let picture = ClipTokens(random: 9, frames: 1, width: 96, height: 96)
    try finish(regeneration(request(), of: picture, prior: prior))
    let clip = ClipTokens(random: 9, frames: 9, width: 64, height: 64)
    #expect(throws: RegenerationError.self) {
      try regeneration(request(), of: clip, prior: prior)
    }
  }
}

private func decoded(_ tokens: ClipTokens, _ codec: any ClipCodec) throws -> [Frame] {
  let decode = try codec.startDecoding(muting: Mutes())
  let size = PictureSize(width: tokens.width, height: tokens.height)
  let frames = try (0..<tokens.chunkCount).flatMap { chunk in
    try decode(tokens.slices(chunk: chunk).map { TokenSlice($0) }, size)
  }
  return Array(frames.prefix(tokens.frames))
}

/// With the real arithmetic, whose decoder carries a token's influence far beyond its cell.
@Suite struct RegenerationDecodingTests {
  @Test func onlyTheRegionLooksDifferentAndItsMiddleIsThePlainDecode() throws {
    let codec = try makeTinyCodec()
    let box = PixelBox(x: 16, y: 32, width: 24, height: 24)
    let tokens = ClipTokens(random: 2, frames: 21, width: 90, height: 94, model: codec.summary)
    let job = try regeneration(
      request(ClipRegion(box: box, span: 6..<11)), of: tokens, model: codec.summary)
    let result = try finish(job)
    let decoding = job.decoding(isWhole: true, codec: codec)
    var frames: [Frame] = []
    while let (first, more) = try decoding.step() {
      #expect(first == frames.count)
      frames += more
    }
    let (old, new) = (try decoded(tokens, codec), try decoded(result, codec))
    #expect(frames.count == 21)
    for (index, frame) in frames.enumerated() {
      #expect(abs(frame.time - Double(index) / 25) < 1e-9)
      for y in 0..<94 {
        for x in 0..<90 {
          let places = (y * 90 + x) * 3..<(y * 90 + x) * 3 + 3
          if !(2..<15).contains(index) || !(0..<56).contains(x) || !(16..<72).contains(y) {
            try #require(frame.pixels[places] == old[index].pixels[places])
          }
          if (4..<13).contains(index), (8..<48).contains(x), (24..<64).contains(y) {
            try #require(frame.pixels[places] == new[index].pixels[places])
          }
        }
      }
    }
    let outside = decoding.changedOutside
    #expect(outside.pixels == 21 * 90 * 94 - 13 * 56 * 56)
    #expect(outside.after == 0)
    #expect((outside.before ?? 0) > 0, "there is something to blend away")
    // The frames alone that may differ, as the engine asks for them.
    let part = job.decoding(isWhole: false, codec: codec)
    var shown: [Int: Frame] = [:]
    while let (first, more) = try part.step() {
      for (index, frame) in zip(first..., more) { shown[index] = frame }
    }
    #expect(part.changedFrames == 2..<15)
    for index in part.changedFrames { #expect(shown[index] == frames[index], "frame \(index)") }
    #expect(part.changedOutside.before == outside.before)
    #expect(part.changedOutside.after == outside.after)
  }

  /// Where decoding starts in the middle of a clip, and stops before its end.
  @Test(arguments: [70..<75, 0..<3, 118..<121])
  func aLateSpanOfALongClipIsThePlainDecode(span: Range<Int>) throws {
    let codec = try makeTinyCodec()
    #expect(codec.summary.decoderReach < 60)
    let tokens = ClipTokens(random: 2, frames: 121, width: 32, height: 32, model: codec.summary)
    let job = try regeneration(request(ClipRegion(span: span)), of: tokens, model: codec.summary)
    let result = try finish(job)
    let decoding = job.decoding(isWhole: true, codec: codec)
    var frames: [Frame] = []
    while let (first, more) = try decoding.step() {
      #expect(first == frames.count)
      frames += more
    }
    let (old, new) = (try decoded(tokens, codec), try decoded(result, codec))
    for (index, frame) in frames.enumerated() {
      if !decoding.changedFrames.contains(index) { #expect(frame.pixels == old[index].pixels) }
      if (span.lowerBound - 2..<span.upperBound + 2).contains(index) {
        #expect(frame.pixels == new[index].pixels)
      }
    }
    #expect(frames.count == 121)
    #expect(decoding.changedOutside.after == 0)
  }

  /// In the middle of a preview the finest tokens are left out, not shown as they were.
  @Test func aPreviewDecodesWithoutWhatIsHidden() throws {
    let codec = try makeTinyCodec()
    let tokens = ClipTokens(random: 2, frames: 5, width: 32, height: 32, model: codec.summary)
    let job = try regeneration(request(), of: tokens, model: codec.summary)
    func preview(_ tokens: ClipTokens, _ hidden: [[Bool]]) throws -> [Frame] {
      let decoding = RegenerationDecoding(
        tokens, of: job.source, open: job.open, region: ClipRegion(), hidden: hidden,
        isWhole: false, codec: codec)
      var frames: [Frame] = []
      while let (_, more) = try decoding.step() { frames += more }
      return frames
    }
    _ = try job.pass()
    let (shown, hidden) = job.preview()
    let other = ClipTokens(random: 3, frames: 5, width: 32, height: 32, model: codec.summary)
    var masked = shown
    for level in 0..<4 {
      for index in hidden[level].indices where hidden[level][index] {
        masked.grids[level].codes[index] = other.grids[level].codes[index]
      }
    }
    #expect(try preview(shown, hidden) == preview(masked, hidden))
    #expect(try preview(shown, hidden).count == 5)
    let all = hidden.map { [Bool](repeating: false, count: $0.count) }
    #expect(try preview(shown, all) != preview(masked, all))
  }
}
