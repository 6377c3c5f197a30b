import Testing

@testable import Tokenization

private let geometry = TokenGeometry(strides: [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]])
/// What a prior of the bundled kind sees at once: 996 tokens.
private let limit = [17, 64, 64]

/// A region of a clip of some padded size, and what a prior sees at once.
private struct Case: CustomStringConvertible {
  var region: ClipRegion
  var padded: [Int]
  var limit = [17, 64, 64]

  var description: String { "\(region) of \(padded)" }
  var open: [[Bool]] { region.tokens(geometry: geometry, padded: padded) }

  var windows: [TokenWindow] {
    TokenWindow.covering(open, geometry: geometry, padded: padded, limit: limit)
  }
}

private let regions: [ClipRegion] = [
  ClipRegion(), ClipRegion(box: PixelBox(x: 90, y: 40, width: 20, height: 30)),
  ClipRegion(span: 9..<26), ClipRegion(span: 30..<33), ClipRegion(span: 9..<29, levels: [1]),
  ClipRegion(levels: [4]), ClipRegion(box: PixelBox(x: 0, y: 0, width: 1, height: 1), span: 0..<1),
  ClipRegion(box: PixelBox(x: 0, y: 30, width: 160, height: 5), span: 12..<14),
]

private let cases: [Case] =
  regions.map { Case(region: $0, padded: [33, 128, 160]) }
  + (0..<29).map { Case(region: ClipRegion(span: $0..<$0 + 4), padded: [33, 64, 64]) }
  + (0..<30).map { Case(region: ClipRegion(span: $0..<$0 + 11), padded: [41, 64, 64]) }
  + (0..<17).map { Case(region: ClipRegion(span: $0..<33), padded: [41, 64, 64]) }
  + regions.map { Case(region: $0, padded: [33, 128, 160], limit: [5, 32, 64]) }
  + [
    Case(region: ClipRegion(), padded: [5, 32, 32]),
    Case(region: ClipRegion(), padded: [1, 32, 96]),
  ]

@Suite struct TokenWindowTests {
  @Test func aWindowOfTheBundledPriorHasNoMoreThan1024Tokens() {
    let grids = geometry.grids(padded: limit)
    #expect(grids.reduce(0) { $0 + $1.reduce(1, *) } == 996)
  }

  @Test(arguments: cases.indices)
  func everyOpenTokenLiesInAWindowAndEveryWindowInTheClip(index: Int) throws {
    let test = cases[index]
    let windows = test.windows
    var missing = Set<TokenPlace>()
    for (level, open) in test.open.enumerated() {
      let grid = geometry.grid(level: level + 1, padded: test.padded)
      for place in open.indices where open[place] {
        let (y, x) = (place / grid[2] % grid[1], place % grid[2])
        missing.insert(TokenPlace(level: level + 1, t: place / grid[2] / grid[1], y: y, x: x))
      }
    }
    #expect(!missing.isEmpty)
    for window in windows {
      let places = (1...4).flatMap { window.places(level: $0, geometry: geometry) }
      #expect(Set(places).count == places.count)
      #expect(places.count <= geometry.grids(padded: test.limit).reduce(0) { $0 + $1.reduce(1, *) })
      #expect(!missing.isDisjoint(with: places) || windows.count > 1, "\(test)")
      missing.subtract(places)
      for axis in 0..<3 {
        #expect(window.origin[axis] % geometry.coarsest[axis] == 0)
        #expect(window.origin[axis] >= 0)
        #expect(window.origin[axis] + window.size[axis] <= test.padded[axis])
        #expect(window.size[axis] <= max(test.limit[axis], geometry.coarsest[axis]))
      }
    }
    #expect(missing.isEmpty, "\(test): \(missing.count) open tokens are in no window")
  }

  @Test func aRegionThatFitsHasOneWindowAroundIt() {
    let box = PixelBox(x: 48, y: 48, width: 32, height: 32)
    let test = Case(region: ClipRegion(box: box), padded: [17, 128, 128])
    #expect(test.windows == [TokenWindow(origin: [0, 32, 32], size: [17, 64, 64])])
    let small = Case(region: ClipRegion(), padded: [5, 32, 32])
    #expect(small.windows == [TokenWindow(origin: [0, 0, 0], size: [5, 32, 32])])
  }

  @Test func aLargeRegionHasWindowsThatOverlapByHalf() {
    let test = Case(region: ClipRegion(), padded: [25, 64, 128])
    #expect(
      test.windows.map(\.origin) == [
        [0, 0, 0], [0, 0, 32], [0, 0, 64], [8, 0, 0], [8, 0, 32], [8, 0, 64],
      ])
    #expect(test.windows.allSatisfy { $0.size == [17, 64, 64] })
  }

  @Test func placesAreCountedFromTheWindowsOrigin() {
    let window = TokenWindow(origin: [8, 32, 64], size: [17, 64, 64])
    func moved(_ level: Int, _ t: Int, _ y: Int, _ x: Int) -> TokenPlace? {
      window.place(TokenPlace(level: level, t: t, y: y, x: x), geometry: geometry)
    }
    #expect(moved(1, 4, 4, 8) == TokenPlace(level: 1, t: 0, y: 0, x: 0))
    #expect(moved(1, 12, 11, 15) == TokenPlace(level: 1, t: 8, y: 7, x: 7))
    #expect(moved(4, 3, 2, 2) == TokenPlace(level: 4, t: 1, y: 1, x: 0))
    #expect(moved(1, 3, 4, 8) == nil)
    #expect(moved(1, 13, 4, 8) == nil)
    #expect(moved(1, 4, 3, 8) == nil)
    #expect(moved(1, 4, 4, 16) == nil)
    #expect(moved(4, 2, 0, 2) == nil)
    for level in 1...4 {
      let grid = geometry.grid(level: level, padded: window.size)
      let places = window.places(level: level, geometry: geometry)
      #expect(places.count == grid.reduce(1, *))
      for (index, place) in places.enumerated() {
        let inside = window.place(place, geometry: geometry)
        let (y, x) = (index / grid[2] % grid[1], index % grid[2])
        #expect(
          inside == TokenPlace(level: level, t: index / grid[2] / grid[1], y: y, x: x))
      }
    }
  }
}

@Suite struct RegionPaddingTests {
  private func open(_ region: ClipRegion, level: Int, padded: [Int] = [17, 64, 64]) -> [[Int]] {
    let grid = geometry.grid(level: level, padded: padded)
    let open = region.tokens(geometry: geometry, padded: padded)[level - 1]
    return open.indices.filter { open[$0] }.map {
      [$0 / grid[2] / grid[1], $0 / grid[2] % grid[1], $0 % grid[2]]
    }
  }

  @Test func whatReachesTheEdgeTakesThePaddingBehindItAlong() {
    let clip = ClipDescription(frames: 18, width: 40, height: 64)
    let padded = geometry.padded(frames: 18, width: 40, height: 64)
    #expect(padded == [21, 64, 64])
    let corner = ClipRegion(box: PixelBox(x: 32, y: 0, width: 8, height: 60), span: 17..<18)
    #expect(
      corner.withPadding(padded, of: clip)
        == ClipRegion(box: PixelBox(x: 32, y: 0, width: 32, height: 60), span: 17..<21))
    #expect(open(corner, level: 4, padded: padded).isEmpty)
    #expect(
      open(corner.withPadding(padded, of: clip), level: 4, padded: padded)
        == [[5, 0, 1], [5, 1, 1]])
    let middle = ClipRegion(box: PixelBox(x: 8, y: 8, width: 8, height: 8), span: 1..<17)
    #expect(middle.withPadding(padded, of: clip) == middle)
  }
}
