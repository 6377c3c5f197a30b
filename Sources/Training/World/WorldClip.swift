/// One clip of the procedural world with everything that is known about it.
package struct WorldClip: Sendable, Equatable {
  package let frames: Int
  package let height: Int
  package let width: Int
  /// RGB bytes, [T, H, W, 3].
  package var pixels: [UInt8]
  /// [T, H, W]: 0 where the background is seen, i where the i-th object is.
  package var masks: [UInt8]
  package let caption: String
  /// The kind of background, such as "leafy".
  package let background: String
  package let objects: [WorldObject]
  package let actions: [WorldAction]
}

/// What can be said about one object of a clip.
package struct WorldObject: Sendable, Equatable, Codable {
  /// The object's number in the masks, from 1.
  package let id: Int
  package let colour: String
  package let shape: String
  /// The whole motion in words, such as "moves to the left and then spins".
  package let motion: String
}

/// What an object does in the frames [start, end).
package struct WorldAction: Sendable, Equatable, Codable {
  package let object: Int
  package let verb: String
  package let start: Int
  package let end: Int
}
