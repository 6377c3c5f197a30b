import Dispatch
import Tensors

/// What one step trains on.
struct TrainingBatch: Sendable {
  /// [N, T, H, W, 3] in −1…1.
  let video: Tensor
  let captions: [String]
  /// Whether each clip is tokenized with its caption.
  let seen: [Bool]
  /// The order in which bits are cut into groups for the joint entropy.
  let bitOrder: [Int]
  /// Where the feed stands behind this batch.
  let position: FeedPosition
}

/// All that later batches depend on.
struct FeedPosition: Sendable, Equatable, Codable {
  /// The step of the next batch.
  var step = 0
  /// Clips drawn so far.
  var clips = 0
  var random: RandomSource
}

/// Makes batches ahead of their use on a queue of its own: while one is trained on, the next grows.
///
/// The batches depend on the plan and the position alone, never on time.
// Unchecked: `dataset`, `position` and `ready` are touched on `queue` only, `skipped` only by the
// one thread that asks for batches.
final class BatchFeed: @unchecked Sendable {
  private let plan: TrainingPlan
  private let dataset: any ClipDataset
  private let queue = DispatchQueue(label: "batches", qos: .userInitiated)
  private var position: FeedPosition
  /// What the data had to leave out so far; nil if nothing.
  private(set) var skipped: [SkippedClip]?
  private var ready: Result<TrainingBatch, any Error>?

  init(plan: TrainingPlan, dataset: any ClipDataset, position: FeedPosition) {
    self.plan = plan
    self.dataset = dataset
    self.position = position
    prepare()
  }

  /// The next batch; waits till it is there.
  func next() throws -> TrainingBatch {
    // The queue is serial: this comes after the batch that is being made.
    let (result, missing) = queue.sync { (ready, dataset.skipped) }
    if !missing.isEmpty { skipped = missing }
    guard let batch = try result?.get() else { preconditionFailure("No batch was begun.") }
    if batch.position.step < plan.steps { prepare() }
    return batch
  }

  private func prepare() {
    queue.async { [self] in
      ready = Result { try makeBatch() }
    }
  }

  private func makeBatch() throws -> TrainingBatch {
    // Each step has a source of its own, so a clip that draws more does not change later steps.
    var random = position.random.split()
    let (stage, _) = plan.stage(at: position.step)
    let shape = Self.shape(of: stage, &random)
    var pixels: [Float] = []
    pixels.reserveCapacity(shape.clips * shape.frames * shape.size * shape.size * 3)
    var captions: [String] = []
    for _ in 0..<shape.clips {
      let clip = try dataset.clip(
        at: position.clips, frames: shape.frames, size: shape.size, random: &random)
      for byte in clip.pixels { pixels.append(Float(byte) / 127.5 - 1) }
      captions.append(clip.caption)
      position.clips += 1
    }
    let seen = captions.map { _ in random.uniform() >= stage.captionDropout }
    var order = Array(0..<plan.model.bits)
    order.shuffle(using: &random)
    position.step += 1
    return TrainingBatch(
      video: Tensor(pixels, shape: [shape.clips, shape.frames, shape.size, shape.size, 3]),
      captions: captions, seen: seen, bitOrder: order, position: position)
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
    var rest = step
    for stage in stages {
      if rest < stage.steps { return (stage, rest) }
      rest -= stage.steps
    }
    let last = stages[stages.count - 1]
    return (last, last.steps - 1)
  }
}
