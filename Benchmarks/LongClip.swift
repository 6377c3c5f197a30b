import Foundation
import Layers
import Tensors
import Tokenization

/// What encoding a long clip in chunks took: time is to be linear and memory constant.
struct LongClip: CustomStringConvertible {
  let frames: Int
  let size: Int
  /// Seconds of the first and of the last quarter of the chunks.
  let firstQuarter: Double
  let lastQuarter: Double
  /// Bytes in memory after the first quarter and at the end.
  let earlyBytes: Int
  let lateBytes: Int

  var description: String {
    String(
      format: "long clip: %d frames of %dx%d, first quarter %.1f frames/s, last %.1f; "
        + "memory %.1f MB after a quarter, %.1f MB at the end", frames, size, size,
      Double(frames) / 4 / firstQuarter, Double(frames) / 4 / lastQuarter,
      Double(earlyBytes) / 1e6, Double(lateBytes) / 1e6)
  }
}

extension ModelWorkload {
  /// Encodes 1 + 4 · 64 frames of `size` x `size` pixels, chunk by chunk.
  func longClip(size: Int) -> LongClip {
    let chunks = 64
    let stream = StreamState()
    let chunk = Tensor(repeating: 0.25, shape: [1, 4, size, size, 3])
    encode(chunk.reshaped([4, 1, size, size, 3]).firstClip(), stream)
    var quarters: [Double] = []
    var bytes: [Int] = []
    for _ in 0..<4 {
      quarters.append(
        Stopwatch.seconds {
          for _ in 0..<chunks / 4 { encode(chunk, stream) }
        })
      bytes.append(residentBytes())
    }
    return LongClip(
      frames: 1 + 4 * chunks, size: size, firstQuarter: quarters[0], lastQuarter: quarters[3],
      earlyBytes: bytes[0], lateBytes: bytes[3])
  }

  private func encode(_ chunk: Tensor, _ stream: StreamState) {
    _ = frozen.encode(Variable(chunk), stream: stream)
    stream.finishChunk()
  }
}

extension Tensor {
  /// The first clip of several: [N, …] → [1, …].
  fileprivate func firstClip() -> Tensor { sliced(0, 0..<1) }
}

/// What the process holds in memory now; 0 where /proc does not say.
private func residentBytes() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let fields = text.split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
