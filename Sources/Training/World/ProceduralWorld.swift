import Tensors

/// Makes captioned clips out of seeds: a textured background under a moving camera and one to three
/// objects that move.
///
/// The same seed, length and size give the same bytes.
package enum ProceduralWorld {
  /// Keeps the clips of different uses apart, whatever the seed that a person chose.
  package enum Stream: UInt64, Sendable {
    case samples = 0
    case training = 1
    case validation = 2
    case evaluation = 3
  }

  /// The seed of the clip with this index in a stream.
  package static func seed(_ seed: UInt64, stream: Stream, index: Int) -> UInt64 {
    var first = RandomSource(seed: seed ^ (stream.rawValue &* 0xD1B5_4A32_D192_ED03))
    var second = RandomSource(seed: first.next() &+ UInt64(bitPattern: Int64(index)))
    return second.next()
  }

  /// A clip of any size and length, both at least 1.
  package static func clip(seed: UInt64, frames: Int, width: Int, height: Int) -> WorldClip {
    precondition(
      frames > 0 && width > 0 && height > 0,
      "A clip needs frames and pixels, not \(frames) frames of \(width)x\(height).")
    var random = RandomSource(seed: seed)
    var background = random.split()
    var camera = random.split()
    var cast = random.split()
    let kind = BackgroundKind.drawn(&background)
    let canvas = Canvas.background(kind, covering: max(width, height), random: &background)
    let scene = WorldScene(
      kind: kind, canvas: canvas,
      camera: Camera(frames: frames, width: width, height: height, random: &camera),
      movers: MovingObject.cast(frames: frames, width: width, height: height, random: &cast))
    return scene.clip(frames: frames, width: width, height: height, random: &random)
  }
}

/// Everything that is drawn: what the renderer and the caption are made from.
struct WorldScene {
  let kind: BackgroundKind
  let canvas: Canvas
  let camera: Camera
  let movers: [MovingObject]
}

extension WorldScene {
  func clip(
    frames: Int, width: Int, height: Int, random: inout RandomSource
  ) -> WorldClip {
    let rendered = WorldRenderer(scene: self, frames: frames, width: width, height: height)
      .render(noise: &random)
    return WorldClip(
      frames: frames, height: height, width: width, pixels: rendered.pixels,
      masks: rendered.masks, caption: caption(random: &random),
      background: kind.rawValue,
      objects: movers.enumerated().map { index, mover in
        WorldObject(
          id: index + 1, colour: mover.colour.rawValue, shape: mover.shape.rawValue,
          motion: mover.motionInWords)
      },
      actions: movers.enumerated().flatMap { index, mover in
        mover.actions.map {
          WorldAction(object: index + 1, verb: $0.verb.rawValue, start: $0.start, end: $0.end)
        }
      })
  }
}
