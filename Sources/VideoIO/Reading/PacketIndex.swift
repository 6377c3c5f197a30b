import CFFmpeg

/// Builds a `FrameIndex` from the packets alone, and says when that cannot be trusted.
struct PacketIndex {
  private struct Record {
    var pts: Int64
    var dts: Int64?
    var isEntry: Bool
    var isShown: Bool
  }

  /// Reads all packets of the stream once.
  ///
  /// - Returns: nil if only decoding can tell which frames there are.
  static func build(
    _ demuxer: Demuxer, shouldStop: () -> Bool
  ) throws -> FrameIndex? {
    guard areTimesReliable(in: demuxer) else { return nil }
    let inspection = PacketInspection(parameters: demuxer.parameters)
    let packet = try Packet()
    var records: [Record] = []
    var lastDuration: Int64 = 0
    while demuxer.read(into: packet) {
      if records.count % 256 == 0 && shouldStop() { throw VideoError.cancelled(demuxer.path) }
      let verdict = inspection.verdict(on: packet)
      guard verdict != .damaged, let pts = packet.pts else { return nil }
      let isEntry = inspection.isEntry(packet, isFirst: records.isEmpty)
      if records.isEmpty && !isEntry { return nil }
      let isShown = verdict == .shown && !packet.isDiscarded
      if isShown { lastDuration = packet.pointer.pointee.duration }
      records.append(Record(pts: pts, dts: packet.dts, isEntry: isEntry, isShown: isShown))
    }
    guard demuxer.readError == nil, let first = records.first else { return nil }
    // Frames shown before the first entry point would need what was cut away.
    guard records.allSatisfy({ !$0.isShown || $0.pts >= first.pts }) else { return nil }
    return index(records, lastDuration: lastDuration)
  }

  private static func index(_ records: [Record], lastDuration: Int64) -> FrameIndex? {
    let times = records.filter(\.isShown).map(\.pts).sorted()
    guard !times.isEmpty, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    let points = records.filter(\.isEntry).sorted { $0.pts < $1.pts }.map { record in
      FrameIndex.EntryPoint(
        frame: times.partitioningIndex { $0 >= record.pts }, pts: record.pts, dts: record.dts)
    }
    return FrameIndex(
      entries: times.map { FrameIndex.Entry(timestamp: $0, digest: nil) },
      entryPoints: points.filter { $0.frame < times.count }, isDecoded: false,
      lastDuration: lastDuration)
  }

  private static func areTimesReliable(in demuxer: Demuxer) -> Bool {
    guard demuxer.containerFlags & (AVFMT_TS_DISCONT | AVFMT_NOTIMESTAMPS) == 0 else {
      return false
    }
    // AVI keeps no display times: they are certain only where no frame waits for another.
    if demuxer.containerName == "avi" {
      return PacketInspection.isIntraOnly(demuxer.parameters.codec_id)
    }
    return true
  }
}

extension Array {
  /// The first position whose element satisfies `belongsInSecondPart`, in an array split by it.
  func partitioningIndex(where belongsInSecondPart: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongsInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
