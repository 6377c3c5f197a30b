import CFFmpeg

/// How a stored picture is turned and mirrored for display, in quarter turns.
struct Orientation: Equatable {
  /// Rows of the stored picture become columns of the display.
  var isTransposed = false
  /// Left and right, up and down of the display are exchanged (after the transposition).
  var isFlippedX = false
  var isFlippedY = false

  static let upright = Orientation()

  /// Degrees clockwise, if mirroring (left to right, after the turn) is left aside.
  var rotation: Int {
    switch (isTransposed, isFlippedX, isFlippedY) {
    case (false, false, false), (false, true, false): 0
    case (false, true, true), (false, false, true): 180
    case (true, true, false), (true, false, false): 90
    case (true, false, true), (true, true, true): 270
    }
  }

  var isMirrored: Bool {
    isTransposed == (isFlippedX == isFlippedY)
  }

  /// From a display matrix, stored as a, b, u, c, d, v, …: x' = a·x + c·y, y' = b·x + d·y.
  ///
  /// - Returns: nil for a matrix that flattens the picture.
  init?(matrix: UnsafePointer<Int32>) {
    let (a, b, c, d) = (matrix[0], matrix[1], matrix[3], matrix[4])
    let straight = Int64(a) * Int64(d)
    let turned = Int64(b) * Int64(c)
    guard straight != turned else { return nil }
    if straight.magnitude >= turned.magnitude {
      self.init(isTransposed: false, isFlippedX: a < 0, isFlippedY: d < 0)
    } else {
      self.init(isTransposed: true, isFlippedX: c < 0, isFlippedY: b < 0)
    }
  }

  init(isTransposed: Bool = false, isFlippedX: Bool = false, isFlippedY: Bool = false) {
    self.isTransposed = isTransposed
    self.isFlippedX = isFlippedX
    self.isFlippedY = isFlippedY
  }

  /// From EXIF's 1…8, as cameras write it into JPEG pictures.
  init?(exif value: Int) {
    switch value {
    case 1: self.init()
    case 2: self.init(isFlippedX: true)
    case 3: self.init(isFlippedX: true, isFlippedY: true)
    case 4: self.init(isFlippedY: true)
    case 5: self.init(isTransposed: true)
    case 6: self.init(isTransposed: true, isFlippedX: true)
    case 7: self.init(isTransposed: true, isFlippedX: true, isFlippedY: true)
    case 8: self.init(isTransposed: true, isFlippedY: true)
    default: return nil
    }
  }

  /// Turns a picture; `width` and `height` are those of the stored one.
  func applied(to pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    guard self != .upright else { return pixels }
    let outWidth = isTransposed ? height : width
    let outHeight = isTransposed ? width : height
    let xStep = (isTransposed ? width : 1) * (isFlippedX ? -3 : 3)
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
      var target = 0
      for y in 0..<outHeight {
        let row = isFlippedY ? outHeight - 1 - y : y
        let column = isFlippedX ? outWidth - 1 : 0
        var source =
          isTransposed ? (column * width + row) * 3 : (row * width + column) * 3
        for _ in 0..<outWidth {
          output[target] = pixels[source]
          output[target + 1] = pixels[source + 1]
          output[target + 2] = pixels[source + 2]
          target += 3
          source += xStep
        }
      }
      count = pixels.count
    }
  }
}

extension Orientation {
  /// From the stream's display matrix, else from the frame's matrix or its EXIF mark.
  ///
  /// - Returns: the orientation, and one line if the true angle is not a quarter turn.
  static func found(
    in frame: DecodedFrame, stream: UnsafeMutablePointer<AVStream>?
  ) -> (orientation: Orientation, notice: String?) {
    if let matrix = matrix(of: stream) ?? matrix(of: frame) {
      guard let orientation = Orientation(matrix: matrix) else {
        return (.upright, "its display matrix makes no sense and is ignored")
      }
      let angle = av_display_rotation_get(matrix)
      let isQuarter = abs(angle / 90 - (angle / 90).rounded()) < 0.02
      return (orientation, isQuarter ? nil : "its rotation is rounded to a quarter turn")
    }
    return (exif(of: frame) ?? .upright, nil)
  }

  private static func matrix(
    of stream: UnsafeMutablePointer<AVStream>?
  ) -> UnsafePointer<Int32>? {
    guard let stream else { return nil }
    var size = 0
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36
    else { return nil }
    return UnsafePointer(UnsafeRawPointer(data).assumingMemoryBound(to: Int32.self))
  }

  private static func matrix(of frame: DecodedFrame) -> UnsafePointer<Int32>? {
    guard let side = av_frame_get_side_data(frame.pointer, AV_FRAME_DATA_DISPLAYMATRIX),
      side.pointee.size >= 36, let data = side.pointee.data
    else { return nil }
    return UnsafePointer(UnsafeRawPointer(data).assumingMemoryBound(to: Int32.self))
  }

  private static func exif(of frame: DecodedFrame) -> Orientation? {
    guard let entry = av_dict_get(frame.pointer.pointee.metadata, "Orientation", nil, 0),
      let text = entry.pointee.value
    else { return nil }
    return Int(String(cString: text).filter(\.isNumber)).flatMap(Orientation.init(exif:))
  }
}
