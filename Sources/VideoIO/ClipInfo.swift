/// What a clip is, known once it is open.
package struct ClipInfo: Sendable, Equatable {
  package var path: String
  /// libav's short name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`; `pictures` for a folder.
  package var container: String
  package var codec: String
  package var pixelFormat: String
  /// The video stream's index in its file; 0 for pictures.
  package var stream: Int
  /// Size of the display form: after rotation and with square pixels, before any `WorkingSize`.
  package var width: Int
  package var height: Int
  /// Size as stored in the stream.
  package var codedWidth: Int
  package var codedHeight: Int
  /// Frames that really decode, never what a header claims.
  package var frameCount: Int
  package var frameRate: Rational
  /// Seconds since the first frame, one per frame, rising.
  package var times: [Double]
  /// Seconds from the first frame's start to the last frame's end.
  package var duration: Double
  /// Degrees clockwise that the stored picture was turned for display: 0, 90, 180 or 270.
  package var rotation: Int
  package var isMirrored: Bool
  package var sampleAspectRatio: Rational
  package var isVariableRate: Bool
  package var isInterlaced: Bool
  package var hasHDR: Bool
  /// One line each: what was odd about this clip and what was done about it.
  package var notices: [String]
}
