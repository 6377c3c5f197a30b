import Tensors
import Tokenization

/// Draws edits of scenes that share a background and a camera.
struct WorldEditMaker {
  private let frames: Int
  private let size: Int
  private let kind: BackgroundKind
  private let canvas: Canvas
  private let camera: Camera
  /// The sensor's noise and the caption's order of words: the same before and after.
  private let noise: RandomSource
  private var random: RandomSource

  init(seed: UInt64, frames: Int, size: Int) {
    (self.frames, self.size) = (frames, size)
    random = RandomSource(seed: seed)
    var background = random.split()
    var view = random.split()
    noise = random.split()
    // Each kind as often as every other, so that chance is one in so many.
    kind = background.element(of: BackgroundKind.allCases)
    canvas = Canvas.background(kind, covering: size, random: &background)
    camera = Camera(frames: frames, width: size, height: size, random: &view)
  }

  mutating func edit(_ attribute: WorldEdit.Attribute) -> WorldEdit {
    switch attribute {
    case .colour, .shape, .motion: objectEdit(attribute)
    case .presence: presenceEdit()
    case .background: backgroundEdit()
    }
  }

  // MARK: The object

  private mutating func objectEdit(_ attribute: WorldEdit.Attribute) -> WorldEdit {
    while true {
      var drafts = [MovingObject.Draft](repeating: draft(), count: 3)
      switch attribute {
      case .colour:
        let colours = others(than: drafts[0].colour, of: ObjectColour.allCases)
        (drafts[1].colour, drafts[2].colour) = (colours[0], colours[1])
      case .shape:
        let shapes = others(than: drafts[0].shape, of: ObjectShape.allCases)
        (drafts[1].shape, drafts[2].shape) = (shapes[0], shapes[1])
        let outlines = drafts.map { WorldEdit.outline($0.shape.rawValue) }
        guard Set(outlines).count == outlines.count else { continue }
      default:
        let verbs = others(than: drafts[0].verb, of: ActionVerb.allCases)
          .filter { $0 != .bounces }
        (drafts[1].verb, drafts[2].verb) = (verbs[0], verbs[1])
      }
      let movers = drafts.map { MovingObject($0) }
      guard drafts.allSatisfy(\.isTelling),
        movers.allSatisfy({ $0.staysInside(frames: frames) })
      else { continue }
      let clips = movers.prefix(2).map { clip([$0]) }
      let tones = clips.map { tone(of: $0, in: whole) }
      return WorldEdit(
        attribute: attribute, source: clips[0], target: clips[1], empty: clip([]),
        before: words(movers[0], tones[0]), after: words(movers[1], tones[1]),
        wrong: words(movers[2], tones[1]), prompt: movers[1].phrase,
        wrongPrompt: movers[2].phrase, caption: caption(movers[1], tones[1]),
        box: box(around: clips))
    }
  }

  private mutating func presenceEdit() -> WorldEdit {
    while true {
      let mover = MovingObject(draft())
      guard mover.staysInside(frames: frames) else { continue }
      let (empty, full) = (clip([]), clip([mover]))
      let box = box(around: [full])
      let tone = tone(of: empty, in: box)
      let (nothing, thing) = (words(nil, tone), words(mover, tone))
      let ground = WorldScene.ground(tone: tone, kind: kind)
      let appears = random.chance(0.5)
      return WorldEdit(
        attribute: .presence, source: appears ? empty : full, target: appears ? full : empty,
        empty: empty,
        before: appears ? nothing : thing, after: appears ? thing : nothing,
        wrong: appears ? nothing : thing, prompt: appears ? mover.phrase : ground,
        wrongPrompt: appears ? ground : mover.phrase, caption: nil, box: box)
    }
  }

  /// An object that can be told from its background and keeps its motion to itself.
  private mutating func draft() -> MovingObject.Draft {
    while true {
      let draft = MovingObject.Draft(frames: frames, size: size, random: &random)
      if draft.isTelling { return draft }
    }
  }

  // MARK: The background

  private mutating func backgroundEdit() -> WorldEdit {
    while true {
      let mover = MovingObject(draft())
      guard mover.staysInside(frames: frames) else { continue }
      let source = clip([mover])
      guard let strip = strip(beside: box(around: [source])) else { continue }
      let kinds = others(than: kind, of: BackgroundKind.allCases)
      let former = tone(of: source, in: strip)
      var other = random.split()
      let background = Canvas.background(kinds[0], covering: size, random: &other)
      let scene = WorldScene(kind: kinds[0], canvas: background, camera: camera, movers: [])
      let second = clip(scene)
      let tone = tone(of: second, in: strip)
      guard tone != former else { continue }
      let wrongTone = random.element(
        of: WorldTone.allCases.filter {
          $0.rawValue != tone && $0.rawValue != former
        }
      ).rawValue
      return WorldEdit(
        attribute: .background, source: source,
        target: Self.pasted(second, into: source, strip), empty: source,
        before: .init(background: kind.rawValue, tone: former),
        after: .init(background: kinds[0].rawValue, tone: tone),
        wrong: .init(background: kinds[1].rawValue, tone: wrongTone),
        prompt: WorldScene.ground(tone: tone, kind: kinds[0]),
        wrongPrompt: WorldScene.ground(tone: wrongTone, kind: kinds[1]), caption: nil,
        box: strip)
    }
  }

  /// The largest part of the frame from edge to edge that leaves `box` alone; nil if all are thinner
  /// than three eighths of the frame.
  private func strip(beside box: PixelBox) -> PixelBox? {
    let (right, bottom) = (box.columns.upperBound, box.rows.upperBound)
    let strips = [
      PixelBox(x: 0, y: 0, width: box.x, height: size),
      PixelBox(x: right, y: 0, width: size - right, height: size),
      PixelBox(x: 0, y: 0, width: size, height: box.y),
      PixelBox(x: 0, y: bottom, width: size, height: size - bottom),
    ]
    return strips.filter { min($0.width, $0.height) * 8 >= 3 * size }
      .max { $0.width * $0.height < $1.width * $1.height }
  }

  private static func pasted(
    _ part: WorldClip, into clip: WorldClip, _ box: PixelBox
  ) -> WorldClip {
    var result = clip
    for frame in 0..<clip.frames {
      for y in box.rows {
        let line = (frame * clip.height + y) * clip.width
        let range = 3 * (line + box.columns.lowerBound)..<3 * (line + box.columns.upperBound)
        result.pixels.replaceSubrange(range, with: part.pixels[range])
      }
    }
    return result
  }

  // MARK: Parts of both

  private var whole: PixelBox { PixelBox(x: 0, y: 0, width: size, height: size) }

  private func scene(_ movers: [MovingObject]) -> WorldScene {
    WorldScene(kind: kind, canvas: canvas, camera: camera, movers: movers)
  }

  private func clip(_ movers: [MovingObject]) -> WorldClip { clip(scene(movers)) }

  private func caption(_ mover: MovingObject, _ tone: String) -> String {
    var same = noise
    return scene([mover]).caption(tone: tone, random: &same)
  }

  private func clip(_ scene: WorldScene) -> WorldClip {
    var same = noise
    return scene.clip(frames: frames, width: size, height: size, random: &same)
  }

  private mutating func others<Value: Equatable>(than value: Value, of all: [Value]) -> [Value] {
    all.filter { $0 != value }.shuffled(using: &random)
  }

  private func words(_ mover: MovingObject?, _ tone: String) -> WorldEdit.Words {
    WorldEdit.Words(
      colour: mover?.colour.rawValue, shape: mover?.shape.rawValue,
      motion: mover?.motionInWords, background: kind.rawValue, tone: tone)
  }

  private func tone(of clip: WorldClip, in box: PixelBox) -> String {
    WorldTone(clip.meanColour(in: box)).rawValue
  }

  /// Around the objects of all frames and clips, and two pixels more.
  private func box(around clips: [WorldClip]) -> PixelBox {
    var (left, right, top, bottom) = (size, -1, size, -1)
    for clip in clips {
      for (index, mask) in clip.masks.enumerated() where mask > 0 {
        let (x, y) = (index % size, index / size % size)
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
      }
    }
    return PixelBox(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
      .dilated(by: 2, width: size, height: size)
  }
}

extension WorldClip {
  /// Red, green and blue 0…1 over all frames.
  package func meanColour(in box: PixelBox) -> SIMD4<Float> {
    var sums = SIMD4<Int>(repeating: 0)
    for frame in 0..<frames {
      for y in box.rows {
        for x in box.columns {
          let start = ((frame * height + y) * width + x) * 3
          sums &+= SIMD4(
            Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]), 0)
        }
      }
    }
    let count = frames * box.width * box.height
    return SIMD4<Float>(sums) / (255 * Float(count))
  }
}
