import CFFmpeg

/// Decoded frame → display picture of the working size.
///
/// The order: fields to one picture, HDR to SDR, RGB with square pixels, the working size, turned
/// upright. Scaling comes before turning because the small picture is quicker to turn.
final class DisplayTransform {
  let displayWidth: Int
  let displayHeight: Int
  let workingWidth: Int
  let workingHeight: Int
  private let orientation: Orientation
  private let converter: PixelConverter
  private let scaler: AreaScaler
  private let toneMapper: ToneMapper?
  /// For the rare formats that `FieldInterpolation` does not know.
  private lazy var deinterlacer = FilterChain(
    "estdif=mode=frame:deint=interlaced", holdsOneBack: true)

  init(firstFrame: DecodedFrame, orientation: Orientation, aspect: Rational, size: WorkingSize)
    throws
  {
    self.orientation = orientation
    let width = max(1, Int((Double(firstFrame.width) * aspect.value).rounded()))
    let height = firstFrame.height
    displayWidth = orientation.isTransposed ? height : width
    displayHeight = orientation.isTransposed ? width : height
    let placement = size.placement(width: displayWidth, height: displayHeight)
    workingWidth = placement.width
    workingHeight = placement.height
    converter = try PixelConverter(width: width, height: height)
    scaler = AreaScaler(
      sourceWidth: width, sourceHeight: height,
      placement: placement.stored(orientation, displayWidth, displayHeight))
    toneMapper =
      ToneMapper.isHDR(firstFrame) && ToneMapper.isAvailable
      ? ToneMapper(firstFrame: firstFrame) : nil
  }

  func picture(of frame: DecodedFrame, time: Double) throws -> Frame {
    var frame = frame
    if frame.isInterlaced && frame.height > 3 {
      frame = try FieldInterpolation.picture(from: frame) ?? deinterlacer.apply(to: frame)
    }
    if let toneMapper, ToneMapper.isHDR(frame) { frame = try toneMapper.mapped(frame) }
    let stored = scaler.scaled(try converter.rgb(frame))
    let pixels = orientation.applied(
      to: stored, width: scaler.placement.width, height: scaler.placement.height)
    return Frame(width: workingWidth, height: workingHeight, pixels: pixels, time: time)
  }
}

extension SizePlacement {
  /// The same rectangle in the picture as stored, before it is turned for display.
  fileprivate func stored(
    _ orientation: Orientation, _ displayWidth: Int, _ displayHeight: Int
  ) -> SizePlacement {
    var result = self
    if orientation.isFlippedX { result.x = Double(displayWidth) - x - sourceWidth }
    if orientation.isFlippedY { result.y = Double(displayHeight) - y - sourceHeight }
    guard orientation.isTransposed else { return result }
    return SizePlacement(
      x: result.y, y: result.x, sourceWidth: sourceHeight, sourceHeight: sourceWidth,
      width: height, height: width)
  }
}
