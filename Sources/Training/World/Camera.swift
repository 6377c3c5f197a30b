import Glibc
import Tensors

/// Where the frame looks on the canvas over time.
struct Camera {
  enum Motion: String {
    case still
    case panLeft = "pans to the left"
    case panRight = "pans to the right"
    case panUp = "pans up"
    case panDown = "pans down"
    case zoomIn = "zooms in"
    case zoomOut = "zooms out"
    case turn = "turns slowly"
    case shake = "shakes a little"
  }

  let motion: Motion
  private let frames: Int
  private let centreX: Float
  private let centreY: Float
  /// Pixels per frame.
  private let velocityX: Float
  private let velocityY: Float
  /// Logarithm of the scale at the first frame and its change per frame.
  private let firstZoom: Float
  private let zoomRate: Float
  private let firstAngle: Float
  /// Radians per frame.
  private let turnRate: Float
  private let shake: Float
  private let phases: SIMD4<Float>

  init(frames: Int, width: Int, height: Int, random: inout RandomSource) {
    self.frames = frames
    motion = random.element(weighted: [
      .still: 26, .panLeft: 11, .panRight: 11, .panUp: 6, .panDown: 6, .zoomIn: 11, .zoomOut: 11,
      .turn: 8, .shake: 10,
    ])
    let size = Float(min(width, height))
    // Most motions are slow; a few are fast.
    let speed = size * 0.02 * random.float(0.05, 1) * random.float(0.2, 1)
    let drift = speed * random.float(-0.3, 0.3)
    switch motion {
    case .panLeft: (velocityX, velocityY) = (-speed, drift)
    case .panRight: (velocityX, velocityY) = (speed, drift)
    case .panUp: (velocityX, velocityY) = (drift, -speed)
    case .panDown: (velocityX, velocityY) = (drift, speed)
    default: (velocityX, velocityY) = (0, 0)
    }
    let steps = Float(max(frames - 1, 1))
    let zoom = min(steps * random.float(0.003, 0.02), 0.4)
    switch motion {
    case .zoomIn: (firstZoom, zoomRate) = (0.2, -zoom / steps)
    case .zoomOut: (firstZoom, zoomRate) = (0.2 - zoom, zoom / steps)
    case .still: (firstZoom, zoomRate) = (0, 0)
    default: (firstZoom, zoomRate) = (random.float(-0.2, 0.2), 0)
    }
    turnRate = motion == .turn ? random.float(0.004, 0.03) * (random.chance(0.5) ? 1 : -1) : 0
    firstAngle = motion == .still ? 0 : random.chance(0.6) ? 0 : random.float(-0.3, 0.3)
    shake = motion == .shake ? size * random.float(0.002, 0.02) : 0
    phases = SIMD4(
      random.float(0, 6.28), random.float(0, 6.28), random.float(0.3, 1.3),
      random.float(0.3, 1.3))
    // A still camera looks at whole pixels, so nothing is blurred by interpolation.
    let half = SIMD2(Float(width - 1) / 2, Float(height - 1) / 2)
    centreX = half.x + random.float(0, 4096).rounded()
    centreY = half.y + random.float(0, 4096).rounded()
  }

  /// The view of one frame: canvas position of the frame's centre, and the step to the next pixel to
  /// the right (the step down is the same, turned by a right angle).
  func view(at frame: Int) -> (x: Float, y: Float, stepX: Float, stepY: Float) {
    let time = Float(frame)
    let scale = expf(firstZoom + zoomRate * time)
    let angle = firstAngle + turnRate * time
    let wobbleX = shake * sinf(phases.x + phases.z * time)
    let wobbleY = shake * sinf(phases.y + phases.w * time)
    return (
      centreX + velocityX * time + wobbleX, centreY + velocityY * time + wobbleY,
      scale * cosf(angle), scale * sinf(angle)
    )
  }
}
