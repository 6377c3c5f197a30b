/// A picture to be drawn in cells: RGB, row by row, three bytes a pixel.
package struct PixelImage: Hashable, Sendable {
  package let width: Int
  package let height: Int
  package var pixels: [UInt8]

  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width >= 0 && height >= 0 && pixels.count == 3 * width * height,
      "A picture of \(width)x\(height) needs \(3 * width * height) bytes, not \(pixels.count).")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  package init(width: Int, height: Int, filledWith color: RGB = RGB(0, 0, 0)) {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<max(0, width * height) { pixels += [color.red, color.green, color.blue] }
    self.init(width: width, height: height, pixels: pixels)
  }

  package subscript(x: Int, y: Int) -> RGB {
    get {
      let place = 3 * (y * width + x)
      return RGB(pixels[place], pixels[place + 1], pixels[place + 2])
    }
    set {
      let place = 3 * (y * width + x)
      pixels[place] = newValue.red
      pixels[place + 1] = newValue.green
      pixels[place + 2] = newValue.blue
    }
  }
}
