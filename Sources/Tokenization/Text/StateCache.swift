import Tensors

/// States of texts by their ids, the oldest forgotten first when there are too many.
struct StateCache {
  private let capacity: Int
  private var states: [[Int]: Tensor] = [:]
  private var order: [[Int]] = []
  private var oldest = 0
  private(set) var bytes = 0

  /// `capacity` in bytes; the newest text is remembered whatever its size.
  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func states(of ids: [Int], make: ([Int]) -> Tensor) -> Tensor {
    if let known = states[ids] { return known }
    let made = make(ids)
    states[ids] = made
    order.append(ids)
    bytes += made.byteCount
    while bytes > capacity, oldest < order.count - 1 {
      bytes -= states.removeValue(forKey: order[oldest])?.byteCount ?? 0
      oldest += 1
    }
    if oldest > order.count / 2 {
      order.removeFirst(oldest)
      oldest = 0
    }
    return made
  }
}
