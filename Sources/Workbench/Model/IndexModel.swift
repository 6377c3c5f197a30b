import Tokenization
import TokenizerEngine

/// The index of a corpus that is open beside the clip.
package struct IndexModel: Equatable, Sendable {
  package var path: String
  /// Nil until it is open.
  package var summary: CorpusSummary?
  /// Of all its clips together, level 1 first; empty until they are counted.
  package var usage: [LevelUsage] = []
  /// The job that opens it.
  var job: JobID
}

/// What was looked for in the index, and what was found.
package struct SearchModel: Equatable, Sendable {
  package var words: String
  /// Nil while it is looked for.
  package var found: CorpusFindings?
  package var fault: String?
  package var cursor = 0
  var job: JobID

  static let mostHits = 200

  var count: Int {
    switch found?.hits {
    case .clips(let matches): matches.count
    case .places(let found): found.places.count
    case nil: 0
    }
  }

  /// The clip under the cursor, and for a code the place in it.
  var chosen: (clip: CorpusClip, place: CorpusOccurrence?)? {
    switch found?.hits {
    case .clips(let matches) where matches.indices.contains(cursor): (matches[cursor].clip, nil)
    case .places(let found) where found.places.indices.contains(cursor):
      (found.places[cursor].clip, found.places[cursor])
    default: nil
    }
  }
}

/// A place to go to once its clip is open.
struct PendingPlace: Equatable, Sendable {
  var request: ClipRequest
  var position: TokenPosition
}

extension CorpusOccurrence {
  var position: TokenPosition { TokenPosition(level: level, step: t, row: y, column: x) }

  func patch(_ model: CorpusModel) -> Patch {
    let stride = model.strides[level - 1]
    return Patch(
      around: PixelBox(x: x * stride[2], y: y * stride[1], width: stride[2], height: stride[1]),
      frame: max(0, min(frames.lowerBound, clip.frames - 1)), of: .corpus(clip),
      width: clip.width, height: clip.height)
  }
}

extension PatchList {
  /// One place of each clip and level before any gives two.
  init(_ found: CorpusOccurrences, of model: CorpusModel) {
    struct Grid: Hashable {
      var clip: Int64
      var level: Int
    }
    var seen: [Grid: Int] = [:]
    let numbered = found.places.map { place -> (number: Int, place: CorpusOccurrence) in
      let grid = Grid(clip: place.clip.id, level: place.level)
      seen[grid, default: 0] += 1
      return (seen[grid, default: 0], place)
    }
    let sorted = numbered.enumerated().sorted {
      ($0.element.number, $0.offset) < ($1.element.number, $1.offset)
    }
    places = sorted.map {
      PatchPlace(patch: $0.element.place.patch(model), position: $0.element.place.position)
    }
    totals = [found.total]
    clips = found.clips
  }
}
