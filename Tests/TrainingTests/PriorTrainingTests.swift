import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

/// A plan beside a tokenizer with random weights: `tiny` in the folder.
private func makePlan(in folder: TemporaryFolder, steps: Int = 12) throws -> TrainingPlan {
  let directory = folder.file("tiny")
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  let tiny = try TrainingPlan(path: plansFolder + "/tiny.json")
  var random = RandomSource(seed: 5)
  let model = PyramidTokenizerModel(configuration: tiny.model, random: &random)
  try ModelFolder(
    configuration: tiny.model, tensors: model.storedWeights(), vocabulary: BytePairVocabulary()
  ).write(to: directory)
  let json = """
    {
      "format": "pyratok.plan.1", "seed": 3,
      "prior": {
        "tokenizer": "tiny", "width": 24, "layers": 2, "heads": 2, "text_width": 8,
        "text_layers": 1, "text_heads": 2, "draws": 2
      },
      "data": {"clips": 3},
      "stages": [{
        "name": "all", "steps": \(steps), "batch": [{"clips": 3, "frames": 5, "size": 16}],
        "losses": {"masked": 1}, "optimizer": {"learning_rate": 0.01, "warm_up_steps": 2}
      }],
      "checkpoint": {"every": 4},
      "validation": {"every": 6, "clips": 2, "frames": 5, "size": 16}
    }
    """
  try Data(json.utf8).write(to: URL(fileURLWithPath: folder.file("plan.json")))
  return try TrainingPlan(path: folder.file("plan.json"))
}

private func train(
  _ plan: TrainingPlan, _ folder: TemporaryFolder, run: String, resume: Bool = false,
  stopAfter: Int = .max
) throws -> [StepMetrics] {
  let trainer = try Trainer(
    plan: plan, planPath: folder.file("plan.json"), run: folder.file(run), resume: resume)
  var metrics: [StepMetrics] = []
  _ = try trainer.run(
    shouldStop: { metrics.count >= stopAfter },
    report: { if case .step(let step) = $0 { metrics.append(step) } })
  return metrics
}

@Suite struct PriorTrainingTests {
  @Test func aPriorLearnsAndLeavesAFolder() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(in: folder, steps: 40)
    let metrics = try train(plan, folder, run: "run")
    let loss = { (steps: ArraySlice<StepMetrics>) in
      steps.reduce(0) { $0 + $1.loss } / Double(steps.count)
    }
    #expect(abs(metrics[0].loss - log(256)) < 0.6)
    #expect(loss(metrics.suffix(8)) < loss(metrics.prefix(8)) - 0.7)
    let last = try #require(metrics.last)
    #expect(last.levels.isEmpty)
    #expect(last.prediction?.count == 4)
    let validation = try #require(last.validation)
    #expect(validation.psnr == nil)
    #expect(validation.textGain != nil)
    let level = try #require(validation.prediction?[0])
    #expect(level.bits > 0 && (0.4...1).contains(level.bitAccuracy))
    #expect((0.5...1).contains(level.majorityBitAccuracy))
    // What was written is read again, and TensorBoard's tags are there.
    let reader = try String(contentsOfFile: folder.file("run/metrics.jsonl"), encoding: .utf8)
    let lines = reader.split(separator: "\n")
    #expect(StepLine.read(Array(lines[lines.count - 1].utf8)) == last)
    #expect(last.scalars.contains { $0.tag == "prediction/1/bit_accuracy" })
    let prior = try PriorFolder.read(folder.file("run/model"))
    let tokenizer = try ModelFolder.read(folder.file("tiny"))
    #expect(prior.configuration.tokenizerSHA256 == tokenizer.sha256)
    #expect(prior.configuration.window == [5, 16, 16])
    _ = try prior.model(path: "run/model")
  }

  @Test func aStoppedRunGoesOnAsIfItHadNot() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(in: folder)
    let whole = try train(plan, folder, run: "whole")
    _ = try train(plan, folder, run: "parts", stopAfter: 5)
    let rest = try train(plan, folder, run: "parts", resume: true)
    #expect(rest.map(\.step) == Array(6...12))
    #expect(rest.map(\.loss) == whole.suffix(7).map(\.loss))
    let weights = ["whole", "parts"].map { folder.file("\($0)/model/model.safetensors") }
    #expect(FileManager.default.contentsEqual(atPath: weights[0], andPath: weights[1]))
  }

  @Test func plansThatCannotWorkAreRefused() throws {
    let folder = try TemporaryFolder()
    _ = try makePlan(in: folder)
    let good = try String(contentsOfFile: folder.file("plan.json"), encoding: .utf8)
    let changes = [
      ("\"masked\": 1", "\"l1\": 1", "masked"), ("\"draws\": 2", "\"draws\": 0", "draws"),
      ("\"draws\": 2", "\"masks\": {\"bax\": 1}", "box"),
      ("\"draws\": 2", "\"drows\": 2", "draws"),
      ("\"draws\": 2", "\"flips\": 0.9", "flips"), ("\"draws\": 2", "\"edits\": 1.5", "edits"),
      ("\"draws\": 2", "\"edits\": 0.5", "32"),
      ("\"tokenizer\": \"tiny\", ", "", "tokenizer"),
    ]
    for (old, new, word) in changes {
      let json = good.replacingOccurrences(of: old, with: new)
      #expect {
        try TrainingPlan(json: Array(json.utf8), path: "plan.json")
      } throws: {
        "\($0)".contains(word)
      }
    }
    var plan = try makePlan(in: folder)
    plan.validation.size = 24
    #expect {
      try Trainer(
        plan: plan, planPath: folder.file("plan.json"), run: folder.file("bad"), resume: false)
    } throws: {
      "\($0)".contains("the size 24 is not a multiple of 16")
    }
    plan.validation.size = 16
    plan.prior?.width = 25
    #expect {
      try Trainer(
        plan: plan, planPath: folder.file("plan.json"), run: folder.file("bad"), resume: false)
    } throws: {
      "\($0)".contains("width")
    }
    let tokenizer = "\"losses\": {\"masked\": 1, \"l1\": 1}"
    let both = good.replacingOccurrences(of: "\"losses\": {\"masked\": 1}", with: tokenizer)
    #expect(throws: TrainingError.self) {
      try TrainingPlan(json: Array(both.utf8), path: "plan.json")
    }
  }
}

@Suite struct MaskedClipTests {
  private let configuration: PriorConfiguration = {
    var configuration = PriorConfiguration()
    configuration.window = [5, 64, 64]
    return configuration
  }()
  private let padded = [5, 64, 64]

  /// Codes that tell level and place apart.
  private var levels: MaskedClip.Levels {
    var random = RandomSource(seed: 1)
    return configuration.geometry.grids(padded: padded).map { grid in
      (0..<grid.reduce(1, *) * 16).map { _ in random.uniform() < 0.5 ? -1 : 1 }
    }
  }

  /// What is kept of an edit is the clip before, what is asked for the clip behind.
  @Test func keptTokensComeFromTheClipBefore() throws {
    var random = RandomSource(seed: 4)
    let region = ClipRegion(box: PixelBox(x: 16, y: 16, width: 32, height: 32))
    let (before, behind) = (levels.map { $0.map { _ in Float(-1) } }, levels)
    let clip = try #require(
      MaskedClip(
        behind, keeping: before, padded: padded, drawn: DrawnRegion(region: region, prompt: ""),
        prompt: [], flips: 0, configuration: configuration, random: &random))
    #expect(!clip.example.kept.bits.isEmpty && clip.example.kept.bits.allSatisfy { $0 == -1 })
    let grid = configuration.geometry.grid(level: clip.level, padded: padded)
    for asked in clip.asked {
      let place = clip.example.open.places[asked.row]
      let index = (place.t * grid[1] + place.y) * grid[2] + place.x
      let code = behind[clip.level - 1][index * 16..<index * 16 + 16]
      #expect(asked.states == configuration.states(of: code))
    }
  }

  @Test(arguments: [1, 9, 17])
  func editsOfTheWorldDifferInTheirPartAlone(frames: Int) throws {
    let data = ProceduralDataset(seed: 3, stream: .samples)
    var random = RandomSource(seed: 1)
    for index in 0..<6 {
      let clip = try #require(data.edit(at: index, frames: frames, size: 64, random: &random))
      let former = try #require(clip.former)
      let part = try #require(clip.parts.first)
      #expect(clip.pixels.count == frames * 64 * 64 * 3 && former.count == clip.pixels.count)
      #expect(clip.pixels != former && clip.parts.count == 1)
      for place in 0..<frames * 64 * 64 {
        let range = 3 * place..<3 * place + 3
        let isInside =
          part.box.columns.contains(place % 64) && part.box.rows.contains(place / 64 % 64)
        #expect(isInside || clip.pixels[range] == former[range])
      }
    }
  }

  @Test(arguments: [LevelOrder.coarseToFine, .fineToCoarse])
  func whatIsDrawnBeforeIsSettledAndTheRestIsNotThere(order: LevelOrder) throws {
    var configuration = configuration
    configuration.order = order
    var random = RandomSource(seed: 2)
    let region = ClipRegion(box: PixelBox(x: 8, y: 8, width: 40, height: 40))
    let geometry = configuration.geometry
    let open = region.tokens(geometry: geometry, padded: padded)
    let straddling = region.straddling(geometry: geometry, padded: padded)
    let levels = levels
    func drawn(_ level: Int) -> ClosedRange<Int> {
      order == .coarseToFine ? level...4 : 1...level
    }
    var seen: Set<Int> = []
    for _ in 0..<60 {
      let clip = try #require(
        MaskedClip(
          levels, padded: padded, drawn: DrawnRegion(region: region, prompt: ""), prompt: [],
          flips: 0, configuration: configuration, random: &random))
      seen.insert(clip.level)
      func index(_ place: TokenPlace) -> Int {
        let grid = geometry.grid(level: place.level, padded: padded)
        return (place.t * grid[1] + place.y) * grid[2] + place.x
      }
      for place in clip.example.open.places {
        #expect(open[place.level - 1][index(place)] && drawn(clip.level).contains(place.level))
      }
      for place in clip.example.kept.places {
        #expect(!open[place.level - 1][index(place)])
        #expect(!straddling[place.level - 1][index(place)])
      }
      let expected = drawn(clip.level).reduce(0) { $0 + open[$1 - 1].filter(\.self).count }
      #expect(clip.example.open.count == expected)
      // Only what is asked for is masked, and the answers are the truth.
      let asked = Dictionary(uniqueKeysWithValues: clip.asked.map { ($0.row, $0) })
      for (row, place) in clip.example.open.places.enumerated() {
        let truth = levels[place.level - 1][index(place) * 16..<index(place) * 16 + 16]
        for group in 0..<2 {
          let bits = clip.example.open.bits[row * 16 + group * 8..<row * 16 + group * 8 + 8]
          let own = truth[truth.startIndex + group * 8..<truth.startIndex + group * 8 + 8]
          let isMasked = asked[row]?.isMasked[group] ?? false
          #expect(isMasked ? bits.allSatisfy { $0 == 0 } : Array(bits) == Array(own))
          if isMasked {
            let state = own.reduce(0) { $0 * 2 + ($1 > 0 ? 1 : 0) }
            #expect(asked[row]?.states[group] == state)
          }
        }
      }
    }
    #expect(seen == [1, 2, 3, 4])
  }

  @Test func familiesDrawWhatTheySay() throws {
    var random = RandomSource(seed: 4)
    let part = ClipPart(box: PixelBox(x: 10, y: 20, width: 16, height: 12), phrase: "a red circle")
    let source = RegionSource(
      frames: 17, size: 64, caption: "All.", parts: [part], ground: "a dark leafy background")
    var prompts: Set<String> = []
    for family in MaskFamily.allCases {
      for _ in 0..<200 {
        let drawn = source.draw(family, levelCount: 4, &random)
        let region = drawn.region
        #expect(region.problem(frames: 17, width: 64, height: 64, levelCount: 4) == nil)
        #expect(drawn.isUniform == (family == .uniform))
        #expect((region.span != nil) == [.span, .boxSpan].contains(family))
        #expect((region.levels != nil) == [.level, .levels].contains(family))
        if family == .whole { #expect(region == ClipRegion()) }
        if family == .box {
          #expect(region.box != nil)
          prompts.insert(drawn.prompt)
        }
        // A phrase is said of its object alone.
        if drawn.prompt == part.phrase, let box = region.box {
          #expect(box.x <= 10 && box.y <= 20 && box.x + box.width >= 26)
        }
      }
    }
    #expect(prompts == ["All.", "a red circle", "a dark leafy background"])
  }

  @Test func partsAndGroundAreThoseOfTheWorld() throws {
    for index in 0..<20 {
      let seed = ProceduralWorld.seed(9, stream: .samples, index: index)
      let clip = ProceduralWorld.clip(seed: seed, frames: 5, width: 64, height: 64)
      let ground = try #require(clip.ground)
      #expect(ground.hasSuffix("background") && ground.contains(clip.background))
      #expect(clip.caption.lowercased().contains(ground))
      for part in clip.parts {
        #expect(clip.objects.contains { part.phrase.contains("\($0.colour) \($0.shape)") })
        let region = ClipRegion(box: part.box)
        #expect(region.problem(frames: 5, width: 64, height: 64, levelCount: 4) == nil)
      }
    }
  }

  @Test func predictionsAreCountedBitByBit() {
    var count = PredictionCount()
    // Groups of 2 bits. Masked: both groups of the first token, the second of the other.
    count.add(
      truth: [0b10, 0b01], guess: [0b10, 0b00], isMasked: [true, true], loss: 1, groupBits: 2)
    count.add(
      truth: [0b11, 0b01], guess: [0b11, 0b01], isMasked: [false, true], loss: 2, groupBits: 2)
    let statistics = count.statistics
    #expect(statistics.bits == 6)
    #expect(statistics.bitAccuracy == 5.0 / 6)
    // Every bit has one value here.
    #expect(statistics.majorityBitAccuracy == 1)
    #expect(statistics.tokenAccuracy == 0.5)
    #expect(statistics.loss == 1)
    var other = PredictionCount()
    other.add(
      truth: [0b00, 0b10], guess: [0b00, 0b10], isMasked: [true, true], loss: 0, groupBits: 2)
    count.add(other)
    #expect(count.statistics.bits == 10)
    #expect(count.statistics.majorityBitAccuracy == 0.7)
  }
}
