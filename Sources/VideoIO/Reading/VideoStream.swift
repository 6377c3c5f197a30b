import CFFmpeg

/// Frame-exact access to one video stream, forwards and backwards.
final class VideoStream: FrameSource {
  /// How many frames before a target are always decoded, and offered to `passing`.
  static let framesGivenOnTheWay = 12

  let path: String
  let index: FrameIndex
  /// Called with one line when a frame turns out to be lost after all.
  var onNotice: ((String) -> Void)?
  private let demuxer: Demuxer
  private let decoder: FrameDecoder
  /// The last frame that came out; nil right after a seek.
  private var current: (index: Int, frame: DecodedFrame)?
  /// Frames are numbered by counting in a run that began at the start of the file.
  private var nextInRun: Int?
  /// On the way to a far frame, what lies before this time and is no reference stays undecoded.
  private var skipsBefore: Int64?
  /// The first packet after a seek, read to see where the seek had landed.
  private var landed: Packet?

  /// Takes over a demuxer and decoder that may stand anywhere.
  init(demuxer: Demuxer, decoder: FrameDecoder, index: FrameIndex) throws {
    path = demuxer.path
    self.demuxer = demuxer
    self.decoder = decoder
    self.index = index
    try restart()
  }

  func decodedFrame(
    at target: Int, passing: (Int, DecodedFrame) throws -> Void = { _, _ in }
  ) throws -> DecodedFrame {
    precondition(
      (0..<index.count).contains(target), "Frame \(target) of a clip with \(index.count).")
    if let current, current.index == target { return current.frame }
    skipsBefore = firstTimeNeeded(for: target)
    defer { skipsBefore = nil }
    var point = index.entryPoint(before: target)
    if continues(to: target, past: point) {
      if let frame = try decode(to: target, passing: passing) { return frame }
    }
    while point != nil {
      try start(at: &point)
      if let frame = try decode(to: target, passing: passing) { return frame }
      point = point.flatMap { $0 > 0 ? $0 - 1 : nil }
    }
    try restart()
    if let frame = try decode(to: target, passing: passing) { return frame }
    skipsBefore = nil
    return try lost(target)
  }

  /// The first frame, if the first two come out of the decoder as the index says they will.
  func firstFrameIfAsIndexed() throws -> DecodedFrame? {
    guard let first = try decoder.next(from: read), number(of: first) == 0 else { return nil }
    current = (0, first)
    guard index.count > 1 else { return first }
    guard let second = try decoder.next(from: read), number(of: second) == 1 else { return nil }
    current = (1, second)
    return first
  }

  // MARK: - Running forward

  /// Whether decoding on from here is at least as good as a seek.
  private func continues(to target: Int, past point: Int?) -> Bool {
    guard let current else { return nextInRun == 0 && (target < 8 || point == nil) }
    guard current.index < target else { return false }
    guard let point else { return true }
    return index.entryPoints[point].frame <= current.index || target - current.index <= 4
  }

  /// Runs on until `target` comes out; nil if it was passed, did not come, or is not what it was.
  private func decode(
    to target: Int, passing: (Int, DecodedFrame) throws -> Void
  ) throws -> DecodedFrame? {
    while let frame = try decoder.next(from: read) {
      guard let number = number(of: frame) else { continue }
      current = (number, frame)
      if number == target { return isAsIndexed(frame, number) ? frame : nil }
      if number > target { return nil }
      if isAsIndexed(frame, number) { try passing(number, frame) }
    }
    return nil
  }

  private func read(into packet: Packet) -> Bool {
    if let first = landed {
      landed = nil
      av_packet_move_ref(packet.pointer, first.pointer)
    } else if !demuxer.read(into: packet) {
      return false
    }
    let skips = skipsBefore.map { (packet.pts ?? .max) < $0 } ?? false
    decoder.skipUnreferenced(skips)
    return true
  }

  /// The frames right before the target are decoded all the same: someone may be stepping back.
  private func firstTimeNeeded(for target: Int) -> Int64? {
    guard decoder.canSkipUnreferenced, !index.isDecoded else { return nil }
    return index.entries[max(0, target - Self.framesGivenOnTheWay)].timestamp
  }

  private func number(of frame: DecodedFrame) -> Int? {
    if index.isDecoded, let next = nextInRun {
      nextInRun = next + 1
      return next < index.count ? next : nil
    }
    return index.frame(at: frame.timestamp)
  }

  private func isAsIndexed(_ frame: DecodedFrame, _ number: Int) -> Bool {
    // A run from the start of the file is what the index was made from.
    guard nextInRun == nil, let digest = index.entries[number].digest else { return true }
    return frame.digest() == digest
  }

  // MARK: - Seeking

  /// Starts decoding at an entry point or an earlier one, at the start of the file if none works.
  private func start(at point: inout Int?) throws {
    let wanted = point
    while let tried = point, let first = wanted, first - tried < 3 {
      let entry = index.entryPoints[tried]
      for timestamp in entry.dts.map({ $0 < entry.pts ? [entry.pts, $0] : [entry.pts] })
        ?? [entry.pts] where try lands(seeking: timestamp, at: entry)
      {
        return
      }
      point = tried > 0 ? tried - 1 : nil
    }
    point = nil
    try restart()
  }

  private func lands(seeking timestamp: Int64, at entry: FrameIndex.EntryPoint) throws -> Bool {
    guard demuxer.seek(to: timestamp) else { return false }
    forget()
    nextInRun = nil
    let packet = try Packet()
    guard demuxer.read(into: packet) else { return false }
    landed = packet
    if index.isDecoded { return true }
    guard packet.isKey, let pts = packet.pts else { return false }
    return pts <= entry.pts
  }

  private func restart() throws {
    if try !landsAtStart() {
      try demuxer.rewind()
      forget()
    }
    nextInRun = 0
  }

  /// A seek to the very first packet spares opening the file again.
  private func landsAtStart() throws -> Bool {
    guard !index.isDecoded, let first = index.entryPoints.first, first.frame == 0 else {
      return false
    }
    return try lands(seeking: first.pts, at: first) && landed?.pts == first.pts
  }

  private func forget() {
    decoder.flush()
    current = nil
    landed = nil
  }

  // MARK: - Damage

  /// What a player would show: the last picture before the lost one, else the first after it.
  private func lost(_ target: Int) throws -> DecodedFrame {
    try restart()
    var best: (index: Int, frame: DecodedFrame)?
    while let frame = try decoder.next(from: read) {
      guard let number = number(of: frame) else { continue }
      current = (number, frame)
      if number <= target || best == nil { best = (number, frame) }
      if number >= target { break }
    }
    guard let best else {
      let reason = decoder.lastError?.reason ?? "the stream ends before it"
      throw VideoError.frameLost(path, frame: target, reason: reason)
    }
    onNotice?("frame \(target) could not be decoded: frame \(best.index) is shown instead")
    return best.frame
  }
}
