import Glibc
import Tensors

/// One object of a scene: how it looks and what it does over time.
struct MovingObject {
  /// One thing that the object does in the frames [start, end).
  struct Action {
    let verb: ActionVerb
    let start: Int
    let end: Int
    /// Pixels, radians or powers of e per frame, by the verb.
    let rate: Float
    /// The direction of a bounce and the first angle of a circle, in radians.
    let heading: Float
    /// The radius of a circle, in pixels.
    let radius: Float
  }

  /// Where and how the object is in one frame.
  struct Pose {
    var x: Float
    var y: Float
    var radius: Float
    var angle: Float
  }

  let colour: ObjectColour
  let rgb: SIMD4<Float>
  let shape: ObjectShape
  let texture: ObjectTexture
  let second: SIMD4<Float>
  let actions: [Action]
  let first: Pose
  /// Width and height of the frame.
  let room: SIMD2<Float>

  /// One to three objects with different colours.
  static func cast(
    frames: Int, width: Int, height: Int, random: inout RandomSource
  ) -> [MovingObject] {
    let count = random.element(weighted: [1: 4, 2: 4, 3: 3])
    var colours = ObjectColour.allCases
    colours.shuffle(using: &random)
    return colours.prefix(count).map {
      MovingObject(colour: $0, frames: frames, width: width, height: height, random: &random)
    }
  }

  private init(
    colour: ObjectColour, frames: Int, width: Int, height: Int, random: inout RandomSource
  ) {
    self.colour = colour
    let size = Float(min(width, height))
    rgb = (colour.rgb * random.float(0.85, 1.1)).clamped(
      lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
    texture = random.element(weighted: [.plain: 5, .striped: 2, .spotted: 2, .rough: 3])
    let contrast = random.float(0.25, 0.55) * (rgb.x + rgb.y + rgb.z > 1.5 ? -1 : 1)
    second = rgb + SIMD4<Float>(contrast, contrast, contrast, 0)
    room = SIMD2(Float(width), Float(height))
    let radius = max(size * random.float(0.09, 0.24), 0.5)
    let start = Pose(
      x: room.x * random.float(0.2, 0.8), y: room.y * random.float(0.2, 0.8), radius: radius,
      angle: random.chance(0.5) ? 0 : random.float(-0.5, 0.5))
    let actions = Self.actions(frames: frames, size: size, random: &random)
    let round = texture == .plain || texture == .rough ? [ObjectShape.circle, .ring] : []
    let spins = actions.contains { $0.verb == .spins }
    // A plain disc that spins cannot be told from one that stays.
    let shapes = ObjectShape.allCases.filter { !spins || !round.contains($0) }
    shape = random.element(of: shapes)
    self.actions = actions
    first = Self.centred(start, actions: actions, room: room)
  }

  /// One action over the whole clip, or two that share it.
  private static func actions(
    frames: Int, size: Float, random: inout RandomSource
  ) -> [Action] {
    let verb = random.element(of: ActionVerb.allCases)
    guard frames >= 8, random.chance(0.35) else {
      return [action(verb, 0, frames, size: size, random: &random)]
    }
    let others = ActionVerb.allCases.filter { $0 != verb }
    let next = random.element(of: others)
    let turn = frames / 3 + random.integer(below: frames - 2 * (frames / 3))
    return [
      action(verb, 0, turn, size: size, random: &random),
      action(next, turn, frames, size: size, random: &random),
    ]
  }

  static func action(
    _ verb: ActionVerb, _ start: Int, _ end: Int, size: Float, random: inout RandomSource
  ) -> Action {
    let steps = Float(max(end - start, 1))
    let rate: Float
    switch verb {
    case .stays: rate = 0
    case .movesLeft, .movesRight, .movesUp, .movesDown:
      rate = size * min(random.float(0.008, 0.04), 0.6 / steps)
    case .spins: rate = random.float(0.05, 0.28) * (random.chance(0.5) ? 1 : -1)
    case .grows: rate = min(random.float(0.02, 0.06), 0.6 / steps)
    case .shrinks: rate = -min(random.float(0.02, 0.06), 0.6 / steps)
    case .bounces: rate = size * random.float(0.02, 0.055)
    case .circles: rate = random.float(0.12, 0.4) * (random.chance(0.5) ? 1 : -1)
    }
    return Action(
      verb: verb, start: start, end: end, rate: rate,
      heading: random.float(0, 2 * Float.pi), radius: size * random.float(0.1, 0.22))
  }

  /// Shifts the start so that the middle of the whole motion lies where the start was drawn.
  static func centred(_ start: Pose, actions: [Action], room: SIMD2<Float>) -> Pose {
    var last = start
    for action in actions where action.verb != .bounces {
      last = moved(last, action, steps: Float(action.end - action.start), room: room)
    }
    var pose = start
    pose.x -= (last.x - start.x) / 2
    pose.y -= (last.y - start.y) / 2
    return pose
  }

  func pose(at frame: Int) -> Pose {
    var pose = first
    for action in actions where frame > action.start {
      let steps = min(frame - action.start, action.end - action.start)
      pose = Self.moved(pose, action, steps: Float(steps), room: room)
    }
    return pose
  }

  private static func moved(
    _ pose: Pose, _ action: Action, steps: Float, room: SIMD2<Float>
  ) -> Pose {
    var result = pose
    let way = action.rate * steps
    switch action.verb {
    case .stays: break
    case .movesLeft: result.x -= way
    case .movesRight: result.x += way
    case .movesUp: result.y -= way
    case .movesDown: result.y += way
    case .spins: result.angle += way
    case .grows, .shrinks: result.radius *= expf(way)
    case .bounces:
      result.x = reflected(pose.x, way * cosf(action.heading), pose.radius, room.x)
      result.y = reflected(pose.y, way * sinf(action.heading), pose.radius, room.y)
    case .circles:
      let centreX = pose.x - action.radius * cosf(action.heading)
      let centreY = pose.y - action.radius * sinf(action.heading)
      result.x = centreX + action.radius * cosf(action.heading + way)
      result.y = centreY + action.radius * sinf(action.heading + way)
    }
    return result
  }

  /// A coordinate after a way between two walls that throw the object back.
  private static func reflected(
    _ start: Float, _ way: Float, _ radius: Float, _ room: Float
  ) -> Float {
    let low = min(min(radius, start), room / 2)
    let high = max(max(room - radius, start), room / 2)
    let span = high - low
    guard span > 0.5 else { return start }
    let position = start + way - low
    let folded = position - (position / (2 * span)).rounded(.down) * 2 * span
    return low + (folded > span ? 2 * span - folded : folded)
  }
}
