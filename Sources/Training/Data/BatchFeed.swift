import Dispatch
import Tensors

/// What one pass of a step trains on.
struct TrainingBatch: Sendable {
  /// [N, T, H, W, 3] in −1…1.
  let video: Tensor
  let captions: [String]
  /// What errors call the clips.
  let names: [String]
  /// Whether each clip is tokenized with its caption.
  let seen: [Bool]
  /// What is known about each clip's parts and about what is behind them.
  var parts: [[ClipPart]] = []
  var grounds: [String?] = []
  /// [1, T, H, W, 3] in −1…1 of each clip before it was changed; nil where it was not.
  var formers: [Tensor?] = []
  /// The order in which bits are cut into groups for the joint entropy.
  let bitOrder: [Int]
  /// For what else a pass draws.
  let random: RandomSource
  /// Where the feed stands behind the step that this batch belongs to.
  var position: FeedPosition

  /// For errors: which clips, and how large.
  var description: String {
    let names = Set(names).sorted()
    let rest = names.count > 1 ? " and \(names.count - 1) more" : ""
    return "\(names.first ?? "no clip")\(rest), \(video.shape[1]) frames of "
      + "\(video.shape[3])x\(video.shape[2])"
  }
}

/// All that later batches depend on.
struct FeedPosition: Sendable, Equatable, Codable {
  /// The step of the next batch.
  var step = 0
  /// Clips drawn so far.
  var clips = 0
  var random: RandomSource
}

/// Makes batches ahead of their use on a queue of its own: decoding, cropping and drawing go on while
/// a step is trained, a bounded number of steps ahead.
///
/// The batches depend on the plan and the position alone, never on time.
// Unchecked: `datasets` and `position` are touched on `queue` only, `ready` under `lock`, `skipped` by
// the one thread that asks for batches.
final class BatchFeed: @unchecked Sendable {
  private let plan: TrainingPlan
  private let datasets: [TrainingPlan.DataPlan: any ClipDataset]
  private let queue = DispatchQueue(label: "batches", qos: .userInitiated)
  private var position: FeedPosition
  private let lock = Lock()
  private let filled = DispatchSemaphore(value: 0)
  private var ready: [Made] = []
  /// Steps that were begun, or made and not yet taken.
  private var ahead = 0
  /// The step behind the last one that was begun.
  private var begun: Int
  /// What the data had to leave out so far; nil if nothing.
  private(set) var skipped: [SkippedClip]?

  private struct Made {
    let step: Result<[TrainingBatch], any Error>
    let skipped: [SkippedClip]
  }

  /// - Parameters:
  ///   - datasets: for the data of every stage of the plan.
  ///   - depth: the most steps that are made before they are asked for.
  init(
    plan: TrainingPlan, datasets: [TrainingPlan.DataPlan: any ClipDataset], position: FeedPosition,
    depth: Int = 2
  ) {
    self.plan = plan
    self.datasets = datasets
    self.position = position
    begun = position.step
    for _ in 0..<max(depth, 1) { prepare() }
  }

  /// The batches of the next step; waits till they are there.
  func next() throws -> [TrainingBatch] {
    precondition(ahead > 0, "There is no step behind the plan's last.")
    filled.wait()
    let made = lock.locked { ready.removeFirst() }
    ahead -= 1
    if !made.skipped.isEmpty { skipped = made.skipped }
    let batches = try made.step.get()
    prepare()
    return batches
  }

  private func prepare() {
    guard begun < plan.steps else { return }
    begun += 1
    ahead += 1
    queue.async { [self] in
      let made = Made(
        step: Result { try makeStep() },
        skipped: datasets.values.flatMap(\.skipped).sorted { $0.path < $1.path })
      lock.locked { ready.append(made) }
      filled.signal()
    }
  }

  private func data(of stage: TrainingPlan.StagePlan) -> TrainingPlan.DataPlan {
    stage.data ?? plan.data
  }

  private func makeStep() throws -> [TrainingBatch] {
    // Each step has a source of its own, so a clip that draws more does not change later steps.
    var random = position.random.split()
    let (stage, _) = plan.stage(at: position.step)
    guard let dataset = datasets[data(of: stage)] else {
      preconditionFailure("The stage \(stage.name) has no data.")
    }
    let shape = Self.shape(of: stage, &random)
    var batches = try (0..<stage.accumulate).map { _ in
      try makeBatch(shape, stage, dataset, &random)
    }
    position.step += 1
    for index in batches.indices { batches[index].position = position }
    return batches
  }

  private func makeBatch(
    _ shape: TrainingPlan.BatchPlan, _ stage: TrainingPlan.StagePlan, _ dataset: any ClipDataset,
    _ random: inout RandomSource
  ) throws -> TrainingBatch {
    var pixels: [Float] = []
    pixels.reserveCapacity(shape.clips * shape.frames * shape.size * shape.size * 3)
    var captions: [String] = []
    var names: [String] = []
    var parts: [[ClipPart]] = []
    var grounds: [String?] = []
    var formers: [Tensor?] = []
    let edits = plan.prior?.edits ?? 0
    for _ in 0..<shape.clips {
      let edit =
        edits > 0 && random.uniform() < edits
        ? dataset.edit(
          at: position.clips, frames: shape.frames, size: shape.size, random: &random) : nil
      let clip =
        try edit
        ?? dataset.clip(
          at: position.clips, frames: shape.frames, size: shape.size, random: &random)
      for byte in clip.pixels { pixels.append(Float(byte) / 127.5 - 1) }
      captions.append(clip.caption)
      names.append(clip.name)
      parts.append(clip.parts)
      grounds.append(clip.ground)
      formers.append(
        clip.former.map { bytes in
          Tensor(
            bytes.map { Float($0) / 127.5 - 1 },
            shape: [1, shape.frames, shape.size, shape.size, 3])
        })
      position.clips += 1
    }
    let seen = captions.map { _ in random.uniform() >= stage.captionDropout }
    var order = Array(0..<plan.model.bits)
    order.shuffle(using: &random)
    return TrainingBatch(
      video: Tensor(pixels, shape: [shape.clips, shape.frames, shape.size, shape.size, 3]),
      captions: captions, names: names, seen: seen, parts: parts, grounds: grounds,
      formers: formers, bitOrder: order, random: random.split(), position: position)
  }

  private static func shape(
    of stage: TrainingPlan.StagePlan, _ random: inout RandomSource
  ) -> TrainingPlan.BatchPlan {
    var rest = random.uniform() * stage.batch.reduce(0) { $0 + $1.share }
    for shape in stage.batch {
      if rest < shape.share { return shape }
      rest -= shape.share
    }
    return stage.batch[stage.batch.count - 1]
  }
}

extension TrainingPlan {
  /// The stage of a step and the step's number within it; beyond the end the last step.
  func stage(at step: Int) -> (stage: StagePlan, step: Int) {
    let index = stageIndex(at: step)
    let before = stages[..<index].reduce(0) { $0 + $1.steps }
    return (stages[index], min(step - before, stages[index].steps - 1))
  }

  /// The number of the stage that a step belongs to; beyond the end the last.
  func stageIndex(at step: Int) -> Int {
    var rest = step
    for (index, stage) in stages.enumerated() {
      if rest < stage.steps { return index }
      rest -= stage.steps
    }
    return stages.count - 1
  }
}
