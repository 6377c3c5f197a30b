/// Keeps the frames used last, up to a number of bytes.
struct FrameCache {
  private let capacity: Int
  private var bytes = 0
  private var clock = 0
  private var kept: [Int: (frame: Frame, used: Int)] = [:]

  init(capacityInBytes: Int) { capacity = capacityInBytes }

  func contains(_ index: Int) -> Bool { kept[index] != nil }

  mutating func frame(at index: Int) -> Frame? {
    guard let entry = kept[index] else { return nil }
    clock += 1
    kept[index] = (entry.frame, clock)
    return entry.frame
  }

  mutating func insert(_ frame: Frame, at index: Int) {
    clock += 1
    let old = kept.updateValue((frame, clock), forKey: index)
    bytes += frame.pixels.count - (old?.frame.pixels.count ?? 0)
    while bytes > capacity && kept.count > 1 {
      guard let oldest = kept.min(by: { $0.value.used < $1.value.used }) else { return }
      kept[oldest.key] = nil
      bytes -= oldest.value.frame.pixels.count
    }
  }
}
