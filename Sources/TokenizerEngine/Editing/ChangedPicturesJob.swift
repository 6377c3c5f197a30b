/// Decodes again what changed tokens have left out of date, a chunk at a time.
///
/// It looks for what is out of date before each chunk, so a change in the middle is no matter.
final class ChangedPicturesJob: SessionJob {
  private let session: Session
  private let playhead: () -> Int
  private var done = 0

  init(session: Session, playhead: @escaping () -> Int) {
    self.session = session
    self.playhead = playhead
  }

  var progress: (done: Int, total: Int) { (done, done + (session.pictures()?.stale.count ?? 0)) }

  func step() throws -> [JobOutcome]? {
    let frame = playhead()
    guard let pictures = session.pictures(), let pyramid = session.pyramid,
      let chunk = pictures.next(playhead: frame)
    else { return nil }
    do {
      let outcome = try pictures.step(towards: chunk, of: pyramid, playhead: frame)
      if outcome != nil { done += 1 }
      return outcome.map { [$0] } ?? []
    } catch is WorkingPictures.Gap {
      // Its frames come when its tokens are found.
      pictures.forget(chunk)
      return []
    }
  }
}

/// Brings the decoder to a frame before anybody changes its tokens, so that the first change shows
/// as quickly as the next ones.
final class ReadyingJob: SessionJob {
  private let session: Session
  private let frame: Int
  private let chunk: Int
  private(set) var progress = (done: 0, total: 1)

  init(session: Session, frame: Int) {
    self.session = session
    self.frame = frame
    chunk = ChunkSchedule.chunk(ofFrame: frame)
  }

  func step() throws -> [JobOutcome]? {
    guard progress.done == 0, let pictures = session.pictures(), let pyramid = session.pyramid
    else { return nil }
    do {
      let (decoder, passed) = try pictures.decoder(before: chunk, of: pyramid, playhead: frame)
      if decoder != nil {
        try pictures.readOriginals(ofChunk: chunk, playhead: frame)
        progress.done = 1
      }
      return passed.map { [$0] } ?? []
    } catch is WorkingPictures.Gap { return nil }
  }
}
