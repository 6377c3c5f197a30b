#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory behind one or more tensors, taken from the pool and given back when the last is gone.
// Unchecked: `Tensor` writes, and drops the packed forms, only while it is the sole owner; their
// other uses are under a lock.
final class Storage: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  private let bucket: Int
  private var packed: [AnyHashable: Storage] = [:]

  /// Room for `count` numbers, 64-byte aligned, with whatever stood there before.
  init(count: Int) {
    (base, bucket) = MemoryPool.take(count)
  }

  deinit {
    MemoryPool.giveBack(base, bucket: bucket)
  }

  /// A form of these values that a kernel wants, made once and kept until the values change.
  func packed(for key: some Hashable, make: () -> Storage) -> Storage {
    MemoryPool.packing.locked {
      if let form = packed[key] { return form }
      let form = make()
      packed[key] = form
      return form
    }
  }

  /// To be called before the values change.
  func dropPackedForms() {
    if !packed.isEmpty { packed = [:] }
  }
}

/// Memory blocks by size, kept for the next tensor of that size: fresh pages are dear.
enum MemoryPool {
  fileprivate static let packing = Lock()
  private static let lock = Lock()
  // Safe: read and written under `lock` only.
  private nonisolated(unsafe) static var blocks: [Int: [UnsafeMutablePointer<Float>]] = [:]
  private nonisolated(unsafe) static var keptBytes = 0

  /// Bytes that the pool may keep for later use; blocks beyond it go back to the system.
  private static let limit = 1 << 30

  fileprivate static func take(_ count: Int) -> (UnsafeMutablePointer<Float>, bucket: Int) {
    let bucket = bucketSize(max(count, 1))
    let waiting = lock.locked { () -> UnsafeMutablePointer<Float>? in
      guard let block = blocks[bucket]?.popLast() else { return nil }
      keptBytes -= bucket * 4
      return block
    }
    return (waiting ?? allocate(bucket), bucket)
  }

  fileprivate static func giveBack(_ block: UnsafeMutablePointer<Float>, bucket: Int) {
    let kept = lock.locked { () -> Bool in
      guard keptBytes + bucket * 4 <= limit else { return false }
      blocks[bucket, default: []].append(block)
      keptBytes += bucket * 4
      return true
    }
    if !kept { free(block) }
  }

  /// The next size of the form 2ⁿ·{4, 5, 6, 7}/4, at least 16: at most a quarter is wasted.
  private static func bucketSize(_ count: Int) -> Int {
    if count <= 16 { return 16 }
    let step = max(4, 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 2))
    return (count + step - 1) / step * step
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = count * 4
    let isLarge = bytes >= 4 << 20
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, isLarge ? 2 << 20 : 64, bytes)
    guard status == 0, let memory else {
      fatalError("Out of memory: no room for a tensor of \(bytes) bytes.")
    }
    #if os(Linux)
      if isLarge { madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
    return memory.bindMemory(to: Float.self, capacity: count)
  }
}
