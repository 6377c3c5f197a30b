import Tensors

extension MovingObject {
  /// All that makes an object with a single action: exchange one thing, and the rest stays.
  struct Draft {
    var colour: ObjectColour
    var shape: ObjectShape
    var verb: ActionVerb
    let texture: ObjectTexture
    let brightness: Float
    /// Where the middle of the motion lies, how large the object is at first, how it is turned.
    let start: Pose
    /// Draws the pace of every verb.
    let paces: RandomSource
    let frames: Int
    let size: Int

    init(frames: Int, size: Int, random: inout RandomSource) {
      (self.frames, self.size) = (frames, size)
      colour = random.element(of: ObjectColour.allCases)
      shape = random.element(of: ObjectShape.allCases)
      verb = random.element(of: ActionVerb.allCases.filter { $0 != .bounces })
      texture = random.chance(0.6) ? .plain : .rough
      brightness = random.float(0.85, 1.1)
      let room = Float(size)
      start = Pose(
        x: room * random.float(0.2, 0.8), y: room * random.float(0.2, 0.8),
        radius: room * random.float(0.15, 0.24),
        angle: random.chance(0.5) ? 0 : random.float(-0.5, 0.5))
      paces = random.split()
    }

    /// Whether the motion can be seen: a plain disc that spins looks like one that stays.
    var isTelling: Bool { verb != .spins || (shape != .circle && shape != .ring) }
  }

  init(_ draft: Draft) {
    colour = draft.colour
    rgb = (draft.colour.rgb * draft.brightness).clamped(
      lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
    shape = draft.shape
    texture = draft.texture
    second = rgb
    room = SIMD2(repeating: Float(draft.size))
    var paces = draft.paces
    actions = [
      Self.action(draft.verb, 0, draft.frames, size: Float(draft.size), random: &paces)
    ]
    first = Self.centred(draft.start, actions: actions, room: room)
  }

  /// Whether it stays within the frame, but for points of its rim.
  func staysInside(frames: Int) -> Bool {
    (0..<frames).allSatisfy { frame in
      let pose = pose(at: frame)
      let reach = 0.9 * pose.radius
      return min(pose.x, pose.y) >= reach && pose.x <= room.x - reach
        && pose.y <= room.y - reach
    }
  }
}
