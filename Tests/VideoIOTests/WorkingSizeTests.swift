import Testing

@testable import VideoIO

struct WorkingSizeTests {
  @Test(arguments: [
    (WorkingSize.longerSide(256), 1280, 720, 256, 144),
    (.longerSide(256), 720, 1280, 144, 256),
    (.longerSide(256), 161, 121, 161, 121),
    (.longerSide(256), 1, 1, 1, 1),
    (.longerSide(256), 1000, 1, 256, 1),
    (.longerSide(256), 1000, 4, 256, 2),
    (.longerSide(255), 854, 480, 255, 144),
    (.square(128), 1280, 720, 128, 128),
    (.square(128), 100, 90, 90, 90),
    (.exactly(width: 64, height: 48), 1280, 720, 64, 48),
    (.exactly(width: 640, height: 480), 320, 240, 320, 240),
    (.exactly(width: 640, height: 100), 320, 240, 320, 100),
    (.native, 161, 121, 161, 121),
  ])
  func sizesFollowTheRule(size: WorkingSize, width: Int, height: Int, outWidth: Int, outHeight: Int)
  {
    let placement = size.placement(width: width, height: height)
    #expect([placement.width, placement.height] == [outWidth, outHeight])
  }

  @Test func squaresAreCutFromTheCentre() {
    let placement = WorkingSize.square(360).placement(width: 1280, height: 720)
    #expect(placement.x == 280 && placement.y == 0)
    #expect(placement.sourceWidth == 720 && placement.sourceHeight == 720)
  }

  @Test func coveringCutsWhatIsTooMuch() {
    let placement = WorkingSize.exactly(width: 100, height: 100).placement(width: 400, height: 200)
    #expect(placement.x == 100 && placement.sourceWidth == 200 && placement.sourceHeight == 200)
  }

  @Test func argumentsAreRead() {
    #expect(WorkingSize(argument: "128") == .longerSide(128))
    #expect(WorkingSize(argument: "64x48") == .exactly(width: 64, height: 48))
    #expect(WorkingSize(argument: "native") == .native)
    for bad in ["", "0", "x", "64x", "64x0", "-3", "1x2x3", "big"] {
      #expect(WorkingSize(argument: bad) == nil, "\(bad)")
    }
  }

  @Test func areaAveragingIsExact() {
    let scaler = AreaScaler(
      sourceWidth: 3, sourceHeight: 2,
      placement: WorkingSize.exactly(width: 2, height: 1).placement(width: 3, height: 2))
    // Covering 2x1 from 3x2 keeps 3 columns and one and a half rows from the top.
    let gray: [UInt8] = [30, 60, 90, 120, 150, 180]
    let pixels = gray.flatMap { [$0, $0, 255 - $0] }
    // Columns: (30 + 60/2)/1.5 = 40 and (60/2 + 90)/1.5 = 80; row below: 130 and 170.
    // Rows: (40 + 130/2)/1.5 = 70 and (80 + 170/2)/1.5 = 110.
    #expect(scaler.scaled(pixels) == [70, 70, 185, 110, 110, 145])
  }

  @Test func halvingAveragesFourPixels() {
    let scaler = AreaScaler(
      sourceWidth: 4, sourceHeight: 4,
      placement: WorkingSize.square(2).placement(width: 4, height: 4))
    let gray = (0..<16).map { UInt8($0 * 10) }
    let result = scaler.scaled(gray.flatMap { [$0, $0, $0] })
    #expect(result == [25, 25, 25, 45, 45, 45, 105, 105, 105, 125, 125, 125])
  }
}
