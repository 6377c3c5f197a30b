import Tokenization
import TokenizerEngine
import VideoIO

/// The patches of picture that a code stands for, or those whose bit is 1.
package struct GalleryModel: Equatable, Sendable {
  package var brush: Brush
  package var clip = PatchList()
  /// Of the clips of the index; nil while they are looked for.
  package var corpus: PatchList?
  package var corpusFault: String?
  /// The job that looks for them; nil while no index is open.
  var search: JobID?
  package var side = GallerySide.clip
  /// What was cut so far; of those out of sight only some are kept.
  package var pictures: [Patch: PatchOutcome] = [:]
  /// The request that is under way; patches of another one come too late.
  var job: JobID?
  var asked: Set<Patch> = []

  /// Of a level; in a long clip a code may have a thousand times as many.
  static let mostPlaces = 256
  static let mostCorpusPlaces = 192
  static let mostPictures = 800

  init(brush: Brush) { self.brush = brush }

  /// The list that has the keys.
  var list: PatchList {
    get { side == .clip ? clip : corpus ?? PatchList() }
    set {
      if side == .clip { clip = newValue } else if corpus != nil { corpus = newValue }
    }
  }

  /// No index is open any more.
  mutating func loseCorpus() {
    (corpus, corpusFault, search, side) = (nil, nil, nil, .clip)
  }
}

/// Where patches are from.
package enum GallerySide: Equatable, Sendable, CaseIterable {
  case clip
  case corpus
}

/// Patches in the order in which they are shown: coarse levels first, far from each other first.
package struct PatchList: Equatable, Sendable {
  package var places: [PatchPlace] = []
  /// How many there are of each level, level 1 first; of an index, in all.
  package var totals: [Int] = []
  /// How many clips of an index have any.
  package var clips = 0
  package var cursor = 0

  package var total: Int { totals.reduce(0, +) }

  package var chosen: PatchPlace? {
    places.indices.contains(cursor) ? places[cursor] : nil
  }

  mutating func move(to place: Int) { cursor = min(max(0, place), max(0, places.count - 1)) }
}

/// A patch and the token that it belongs to.
package struct PatchPlace: Equatable, Sendable {
  package var patch: Patch
  package var position: TokenPosition
}

extension Brush {
  /// What it lights, as the engine looks for it.
  func pattern(bits: Int) -> CodePattern {
    switch self {
    case .code(let code): CodePattern(code: code, bits: bits)
    case .bit(let bit): CodePattern(bit: bit, bits: bits)
    }
  }
}

extension PatchList {
  /// Where a brush is lit in a clip that a job opened.
  init(_ brush: Brush, in pyramid: TokenPyramid, of clip: ClipSummary, opened job: JobID) {
    totals = [Int](repeating: 0, count: pyramid.levels.count)
    for grid in pyramid.levels.reversed() {
      let found = pyramid.scatteredPlaces(
        of: brush.pattern(bits: pyramid.bits), level: grid.level, limit: GalleryModel.mostPlaces)
      totals[grid.level - 1] = found.total
      places += found.places.map { position in
        let frames = grid.stride.frames(ofStep: position.step)
        let patch = Patch(
          around: PixelBox(
            x: position.column * grid.stride.x, y: position.row * grid.stride.y,
            width: grid.stride.x, height: grid.stride.y),
          frame: min(frames.lowerBound, clip.frameCount - 1), of: .open(job), width: clip.width,
          height: clip.height)
        return PatchPlace(patch: patch, position: position)
      }
    }
  }
}
