import Tokenization

/// A clip of one object or none, the same scene with one attribute changed, and the words that ask
/// for the change.
package struct WorldEdit: Sendable, Equatable {
  /// What is changed.
  package enum Attribute: String, CaseIterable, Sendable {
    case colour
    case shape
    case motion
    /// The kind and the tone of the background, in a part of the frame beside the object.
    case background
    /// An object appears, or goes.
    case presence
  }

  /// What a clip shows within the region, in the words of captions; nil where nothing is there.
  package struct Words: Sendable, Equatable {
    package var colour: String?
    package var shape: String?
    package var motion: String?
    package var background: String
    package var tone: String
  }

  package let attribute: Attribute
  package let source: WorldClip
  package let target: WorldClip
  /// The scene of both without any object; of the background, the source.
  package let empty: WorldClip
  package let before: Words
  package let after: Words
  /// What `wrongPrompt` asks for: neither `before` nor `after`, but for presence, where it asks for
  /// no change.
  package let wrong: Words
  /// About the object, or about the background where none is to be seen.
  package let prompt: String
  package let wrongPrompt: String
  /// All of the target in a sentence, its tone that of what is seen; nil but for edits of an object.
  package let caption: String?
  /// Holds the object of both clips in all frames; of the background, a part without object.
  package let box: PixelBox
}

extension WorldEdit {
  /// Motions that an object can be asked for: bounces are left out, because one that meets no wall
  /// is a straight way.
  package static let motions = ActionVerb.allCases.filter { $0 != .bounces }.map(\.rawValue)
  package static let colours = ObjectColour.allCases.map(\.rawValue)
  package static let tones = WorldTone.allCases.map(\.rawValue)

  /// Shapes that can be told apart at any angle and at this size: a square that is turned is a
  /// diamond, and a small hexagon is round.
  package static let outlines = ["round", "square", "triangle", "star", "ring", "cross"]

  /// One of `outlines`, or nil where there is no such shape.
  package static func outline(_ shape: String) -> String? {
    switch ObjectShape(rawValue: shape) {
    case .circle, .hexagon: "round"
    case .square, .diamond: "square"
    case .triangle, .star, .ring, .cross: shape
    case nil: nil
    }
  }

  /// What a motion becomes, by its place in `motions`, when the picture is turned: 1 mirrors x, 2
  /// mirrors y, 4 exchanges the two at last.
  package static func motion(_ index: Int, turned turn: Int) -> Int {
    var verb = ActionVerb(rawValue: motions[index]) ?? .stays
    if turn & 1 != 0 { verb = [.movesLeft: .movesRight, .movesRight: .movesLeft][verb] ?? verb }
    if turn & 2 != 0 { verb = [.movesUp: .movesDown, .movesDown: .movesUp][verb] ?? verb }
    if turn & 4 != 0 {
      verb =
        [
          .movesLeft: .movesUp, .movesUp: .movesLeft, .movesRight: .movesDown,
          .movesDown: .movesRight,
        ][verb] ?? verb
    }
    return motions.firstIndex(of: verb.rawValue) ?? index
  }

  /// The colour that a word stands for, 0…1.
  package static func rgb(ofColour index: Int) -> SIMD4<Float> {
    ObjectColour.allCases[index].rgb
  }
}

extension ProceduralWorld {
  /// Fewer do not tell one motion from another.
  static let fewestEditFrames = 9
  /// In pixels; objects of smaller frames cannot be told apart.
  static let smallestEdit = 32

  /// One edit for each attribute, all of the same background and camera; the same seed gives the same
  /// bytes.
  ///
  /// Objects have plain or rough surfaces, are 0.15 to 0.24 of the frame in radius at first, and stay
  /// within it.
  package static func edits(
    _ attributes: [WorldEdit.Attribute], seed: UInt64, frames: Int = 17, size: Int = 64
  ) -> [WorldEdit] {
    precondition(
      frames >= fewestEditFrames && size >= smallestEdit,
      "Nothing can be told from \(frames) frames of \(size) pixels.")
    var maker = WorldEditMaker(seed: seed, frames: frames, size: size)
    return attributes.map { maker.edit($0) }
  }
}
