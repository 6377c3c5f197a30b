import Glibc
import Tensors

/// Draws a scene frame by frame.
struct WorldRenderer {
  let scene: WorldScene
  let frames: Int
  let width: Int
  let height: Int

  /// Pixels [T, H, W, 3] and masks [T, H, W].
  ///
  /// The noise of the picture sensor is at most 1.5 of 255.
  func render(noise random: inout RandomSource) -> (pixels: [UInt8], masks: [UInt8]) {
    let strength: Float = random.chance(0.4) ? random.float(0.2, 1.5) : 0
    let tile = NoiseTile(side: 32, persistence: 0.7, random: &random)
    var generator = random.next()
    var pixels = [UInt8](repeating: 0, count: frames * height * width * 3)
    var masks = [UInt8](repeating: 0, count: frames * height * width)
    var picture = [SIMD4<Float>](repeating: SIMD4(repeating: 0), count: height * width)
    for frame in 0..<frames {
      drawBackground(frame, on: &picture)
      for (index, mover) in scene.movers.enumerated() {
        draw(
          mover, UInt8(index + 1), frame, tile, on: &picture, masks: &masks,
          offset: frame * height * width)
      }
      store(
        picture, noise: strength, generator: &generator, in: &pixels,
        offset: frame * height * width * 3)
    }
    return (pixels, masks)
  }

  private func drawBackground(_ frame: Int, on picture: inout [SIMD4<Float>]) {
    let view = scene.camera.view(at: frame)
    let canvas = scene.canvas
    let halfX = Float(width - 1) / 2
    let halfY = Float(height - 1) / 2
    for y in 0..<height {
      let dy = Float(y) - halfY
      var canvasX = view.x - view.stepX * halfX - view.stepY * dy
      var canvasY = view.y - view.stepY * halfX + view.stepX * dy
      for x in 0..<width {
        picture[y &* width &+ x] = canvas.sampled(canvasX, canvasY)
        canvasX += view.stepX
        canvasY += view.stepY
      }
    }
  }

  private func draw(
    _ mover: MovingObject, _ number: UInt8, _ frame: Int, _ tile: NoiseTile,
    on picture: inout [SIMD4<Float>], masks: inout [UInt8], offset: Int
  ) {
    let pose = mover.pose(at: frame)
    let reach = pose.radius * 1.2 + 1
    let left = max(Int((pose.x - reach).rounded(.down)), 0)
    let right = min(Int((pose.x + reach).rounded(.up)), width - 1)
    let top = max(Int((pose.y - reach).rounded(.down)), 0)
    let bottom = min(Int((pose.y + reach).rounded(.up)), height - 1)
    guard left <= right, top <= bottom else { return }
    let cosine = cosf(pose.angle) / pose.radius
    let sine = sinf(pose.angle) / pose.radius
    for y in top...bottom {
      let dy = Float(y) + 0.5 - pose.y
      for x in left...right {
        let dx = Float(x) + 0.5 - pose.x
        let u = cosine * dx + sine * dy
        let v = cosine * dy - sine * dx
        let cover = 0.5 - mover.shape.distance(u, v) * pose.radius
        guard cover > 0 else { continue }
        let index = y &* width &+ x
        if cover >= 0.5 { masks[offset &+ index] = number }
        let colour = surface(mover, u, v, pose.radius, tile) * (1 - 0.15 * (dx + dy) / pose.radius)
        let old = picture[index]
        picture[index] = old + (colour - old) * min(cover, 1)
      }
    }
  }

  /// The colour of an object at a point of its own, upright coordinates.
  private func surface(
    _ mover: MovingObject, _ u: Float, _ v: Float, _ radius: Float, _ tile: NoiseTile
  ) -> SIMD4<Float> {
    let share: Float
    switch mover.texture {
    case .plain:
      return mover.rgb
    case .rough:
      let amount = tile.value(Int((u * 16).rounded(.down)), Int((v * 16).rounded(.down)))
      return mover.rgb * (1 + 0.12 * amount)
    case .striped:
      let wave = u * 2.5 - (u * 2.5).rounded(.down)
      share = (0.25 - abs(wave - 0.5)) * radius / 2.5 + 0.5
    case .spotted:
      let column = u * 2.2 - (u * 2.2).rounded(.down) - 0.5
      let row = v * 2.2 - (v * 2.2).rounded(.down) - 0.5
      let distance = (column * column + row * row).squareRoot()
      share = (0.27 - distance) * radius / 2.2 + 0.5
    }
    return mover.rgb + (mover.second - mover.rgb) * min(max(share, 0), 1)
  }

  private func store(
    _ picture: [SIMD4<Float>], noise: Float, generator: inout UInt64, in pixels: inout [UInt8],
    offset: Int
  ) {
    let low = SIMD4<Float>(repeating: 0)
    let high = SIMD4<Float>(repeating: 255)
    for index in picture.indices {
      var colour = picture[index] * 255
      if noise > 0 {
        // A plain linear generator is enough here: three of its bytes, spread over −1…1.
        generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bytes = SIMD4<UInt32>(
          UInt32(truncatingIfNeeded: generator >> 56),
          UInt32(truncatingIfNeeded: generator >> 48) & 255,
          UInt32(truncatingIfNeeded: generator >> 40) & 255, 0)
        colour += (SIMD4<Float>(bytes) - 127.5) * (noise / 127.5)
      }
      colour.clamp(lowerBound: low, upperBound: high)
      let start = offset &+ 3 &* index
      let rounded = SIMD4<UInt8>(truncatingIfNeeded: SIMD4<Int32>(colour + 0.5))
      pixels[start] = rounded.x
      pixels[start &+ 1] = rounded.y
      pixels[start &+ 2] = rounded.z
    }
  }
}
