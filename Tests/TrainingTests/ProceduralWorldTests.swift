import Testing

@testable import Training

@Test(arguments: [(1, 1, 1), (5, 16, 24), (9, 64, 64), (2, 130, 7)])
func theSameSeedGivesTheSameBytes(frames: Int, width: Int, height: Int) {
  let first = ProceduralWorld.clip(seed: 11, frames: frames, width: width, height: height)
  let second = ProceduralWorld.clip(seed: 11, frames: frames, width: width, height: height)
  #expect(first == second)
  #expect(first.pixels.count == frames * width * height * 3)
  #expect(first.masks.count == frames * width * height)
}

@Test func otherSeedsAndStreamsGiveOtherClips() {
  let seeds = [
    ProceduralWorld.seed(1, stream: .training, index: 0),
    ProceduralWorld.seed(1, stream: .training, index: 1),
    ProceduralWorld.seed(2, stream: .training, index: 0),
    ProceduralWorld.seed(1, stream: .samples, index: 0),
    ProceduralWorld.seed(1, stream: .validation, index: 0),
  ]
  #expect(Set(seeds).count == seeds.count)
  let clips = seeds.map { ProceduralWorld.clip(seed: $0, frames: 1, width: 16, height: 16).pixels }
  #expect(Set(clips).count == seeds.count)
}

@Test func noisyBackgroundsAreAtMostOneInSix() {
  let kinds = (0..<300).map { index in
    let seed = ProceduralWorld.seed(5, stream: .samples, index: index)
    return ProceduralWorld.clip(seed: seed, frames: 1, width: 8, height: 8).background
  }
  #expect(kinds.filter { $0 == "noisy" }.count <= 50)
  #expect(Set(kinds) == Set(BackgroundKind.allCases.map(\.rawValue)))
}

@Test(arguments: 0..<20)
func captionsMasksAndActionsAgree(index: Int) {
  let seed = ProceduralWorld.seed(9, stream: .samples, index: index)
  let clip = ProceduralWorld.clip(seed: seed, frames: 12, width: 48, height: 40)
  #expect((1...3).contains(clip.objects.count))
  #expect(clip.caption.hasSuffix("."))
  #expect(clip.caption.first?.isUppercase == true)
  #expect(clip.caption.contains("\(clip.background) background"))
  for object in clip.objects {
    #expect(clip.caption.contains("\(object.colour) \(object.shape) \(object.motion)"))
    let actions = clip.actions.filter { $0.object == object.id }
    #expect(actions.first?.start == 0)
    #expect(actions.last?.end == 12)
    #expect(object.motion == actions.map(\.verb).joined(separator: " and then "))
    for (earlier, later) in zip(actions, actions.dropFirst()) {
      #expect(earlier.start < earlier.end)
      #expect(earlier.end == later.start)
    }
  }
  #expect(Int(clip.masks.max() ?? 0) <= clip.objects.count)
}

@Test func anObjectThatMovesLeftGoesLeftInItsMask() throws {
  var found: WorldClip?
  for seed in 0..<300 where found == nil {
    let clip = ProceduralWorld.clip(seed: UInt64(seed), frames: 7, width: 64, height: 64)
    if clip.objects.map(\.motion) == ["moves to the left"] { found = clip }
  }
  let clip = try #require(found)
  func centre(_ frame: Int) -> Double {
    let start = frame * 4096
    let places = (0..<4096).filter { clip.masks[start + $0] == 1 }
    let columns = places.reduce(0) { $0 + $1 % 64 }
    return Double(columns) / Double(places.count)
  }
  #expect(centre(6) < centre(0) - 1)
}

@Test func noiseStaysWithinOneAndAHalfOf255() {
  // Between two frames of a still scene, far from every object, the noise alone differs: at most
  // 1.5 each way, and half for rounding.
  for seed in 0..<40 {
    let clip = ProceduralWorld.clip(seed: UInt64(seed), frames: 2, width: 24, height: 24)
    guard !clip.caption.contains("camera") else { continue }
    for pixel in 0..<576 where isFar(pixel, clip.masks) {
      for channel in 0..<3 {
        let first = Int(clip.pixels[pixel * 3 + channel])
        let second = Int(clip.pixels[(576 + pixel) * 3 + channel])
        #expect(abs(first - second) <= 4)
      }
    }
  }
}

/// Whether no object is within four pixels in two frames of 24x24.
private func isFar(_ pixel: Int, _ masks: [UInt8]) -> Bool {
  let row = pixel / 24
  let column = pixel % 24
  for place in 0..<1152 where masks[place] != 0 {
    let height = place % 576 / 24 - row
    let width = place % 24 - column
    if abs(height) < 4 && abs(width) < 4 { return false }
  }
  return true
}
