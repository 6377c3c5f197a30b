import CFFmpeg

/// Builds a `FrameIndex` by decoding the whole stream, for streams whose packets do not tell.
struct DecodedIndex {
  let index: FrameIndex
  let firstFrame: DecodedFrame?
  let packets: Int
  let refusedPackets: Int
  let lastError: LibavError?

  /// Decodes from the start of the file, where the demuxer must stand.
  init(_ demuxer: Demuxer, _ decoder: FrameDecoder, shouldStop: () -> Bool) throws {
    var entries: [FrameIndex.Entry] = []
    var points: [FrameIndex.EntryPoint] = []
    var firstFrame: DecodedFrame?
    var packets = 0
    var lastDuration: Int64 = 0
    let read: (Packet) throws -> Bool = { packet in
      if packets % 64 == 0 && shouldStop() { throw VideoError.cancelled(demuxer.path) }
      guard demuxer.read(into: packet) else { return false }
      packets += 1
      return true
    }
    while let frame = try decoder.next(from: read) {
      if firstFrame == nil { firstFrame = frame }
      let timestamp = frame.timestamp
      if frame.pointer.pointee.key_frame != 0, let timestamp {
        let dts = Timestamp.known(frame.pointer.pointee.pkt_dts)
        points.append(.init(frame: entries.count, pts: timestamp, dts: dts))
      }
      lastDuration = frame.pointer.pointee.pkt_duration
      entries.append(.init(timestamp: timestamp, digest: frame.digest()))
    }
    index = FrameIndex(
      entries: entries, entryPoints: points, isDecoded: true, lastDuration: lastDuration)
    self.firstFrame = firstFrame
    self.packets = packets
    refusedPackets = decoder.refusedPackets
    lastError = decoder.lastError ?? demuxer.readError
  }
}
