import Testing

@testable import Workbench

struct PictureTests {
  private let palette = DrawingContext(depth: .palette256)

  @Test
  func halvesAreTheColoursOfTheirPixels() {
    var image = PixelImage(width: 2, height: 2)
    image[0, 0] = RGB(255, 0, 0)
    image[0, 1] = RGB(0, 0, 255)
    image[1, 0] = RGB(9, 9, 9)
    image[1, 1] = RGB(9, 9, 9)
    let picture = FramePicture(
      image, size: Size(width: 2, height: 1), mode: .half, context: DrawingContext())
    #expect(
      picture.cells == [
        Cell("▀", style: Style(.rgb(255, 0, 0), on: .rgb(0, 0, 255))),
        Cell(" ", style: Style(.rgb(9, 9, 9), on: .rgb(9, 9, 9))),
      ])
  }

  @Test(arguments: zip(1...7, ["▘", "▝", "▀", "▖", "▌", "▞", "▛"]))
  func quadrantsFindAnExactPartition(mask: Int, glyph: String) {
    var image = PixelImage(width: 2, height: 2, filledWith: RGB(0, 0, 0))
    for pixel in 0..<4 where mask & 1 << pixel != 0 {
      image[pixel % 2, pixel / 2] = RGB(250, 120, 10)
    }
    let picture = FramePicture(
      image, size: Size(width: 1, height: 1), mode: .quadrant, context: DrawingContext())
    let style = Style(.rgb(250, 120, 10), on: .rgb(0, 0, 0))
    #expect(picture.cells.map(\.text) == [glyph])
    #expect(picture.cells.map(\.style) == [style])
  }

  @Test
  func areaMeansKeepTheMeanOfAPicture() {
    var random = SplitMix(state: 5)
    var image = PixelImage(width: 97, height: 53)
    for index in image.pixels.indices { image.pixels[index] = UInt8(random.below(256)) }
    func mean(_ image: PixelImage) -> Double {
      Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
    }
    for (width, height) in [(10, 7), (97, 53), (1, 1), (96, 52), (300, 200)] {
      let scaled = image.scaled(width: width, height: height)
      #expect((scaled.width, scaled.height) == (width, height))
      #expect(abs(mean(scaled) - mean(image)) < 1)
    }
    let blocks = PixelImage(width: 2, height: 1, pixels: [0, 0, 0, 100, 200, 50])
    #expect(blocks.scaled(width: 1, height: 1).pixels == [50, 100, 25])
  }

  @Test
  func pixelsThatHardlyMoveKeepTheirColour() {
    let context = palette
    let size = Size(width: 8, height: 4)
    let first = FramePicture(
      PixelImage(width: 8, height: 8, filledWith: RGB(100, 100, 100)), size: size, mode: .half,
      context: context)
    let near = FramePicture(
      PixelImage(width: 8, height: 8, filledWith: RGB(105, 104, 103)), size: size, mode: .half,
      context: context, after: first)
    #expect(near.cells == first.cells)
    // The way is measured from where the colour was chosen, so that it cannot creep away.
    let far = FramePicture(
      PixelImage(width: 8, height: 8, filledWith: RGB(112, 110, 109)), size: size, mode: .half,
      context: context, after: near)
    #expect(far.cells != first.cells)
  }

  @Test
  func pausedPicturesAreDitheredToTheRightMean() {
    let color = RGB(111, 111, 111)  // between two greys of the palette
    let picture = FramePicture(
      PixelImage(width: 40, height: 40, filledWith: color), size: Size(width: 40, height: 20),
      mode: .half, context: palette, isPaused: true)
    var sum = 0
    for cell in picture.cells {
      for shade in [cell.style.foreground, cell.style.background] {
        guard case .palette(let index) = shade.kind else { continue }
        sum += Int(Palette256.colors[Int(index)].red)
      }
    }
    #expect(abs(Double(sum) / 1_600 - 111) < 1.5)
  }

  @Test
  func withoutColoursOrUTF8PicturesAreDotsOrLetters() {
    var image = PixelImage(width: 4, height: 4, filledWith: RGB(255, 255, 255))
    for y in 0..<4 { image[0, y] = RGB(0, 0, 0) }
    let dots = FramePicture(
      image, size: Size(width: 2, height: 1), mode: .half, context: DrawingContext(depth: .none))
    #expect(dots.cells.map(\.text).joined() == "⢸⣿")
    let letters = FramePicture(
      image, size: Size(width: 4, height: 1), mode: .half,
      context: DrawingContext(symbols: .ascii, depth: .none))
    #expect(letters.cells.map(\.text).joined() == " @@@")
  }

  @Test(arguments: [
    (320, 240, Size(width: 80, height: 24), Size(width: 64, height: 24)),
    (1_920, 1_080, Size(width: 80, height: 24), Size(width: 80, height: 23)),
    (1, 1, Size(width: 40, height: 12), Size(width: 24, height: 12)),
    (4_000, 1, Size(width: 40, height: 12), Size(width: 40, height: 1)),
    (3, 3, Size(width: 0, height: 5), Size(width: 0, height: 0)),
  ])
  func picturesKeepTheirShape(width: Int, height: Int, room: Size, expected: Size) {
    #expect(PictureMode.size(ofWidth: width, height: height, fitting: room) == expected)
  }
}
