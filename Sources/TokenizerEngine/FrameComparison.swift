import Tokenization
import VideoIO

/// How far a reconstruction is from its original.
package enum FrameComparison {
  /// The convention in words, shown beside every number.
  package static let convention = "8-bit RGB, peak 255"

  /// In decibels over all pixels and channels; infinite for equal frames, nil for unequal sizes.
  package static func psnr(_ original: Frame, _ other: Frame) -> Double? {
    guard original.width == other.width, original.height == other.height else { return nil }
    return PSNR.decibels(original.pixels, other.pixels)
  }

  /// The signed difference around middle grey, `gain` times enlarged.
  package static func difference(_ original: Frame, _ other: Frame, gain: Int = 4) -> Frame? {
    guard original.width == other.width, original.height == other.height,
      original.pixels.count == other.pixels.count
    else { return nil }
    var result = original
    let count = original.pixels.count
    original.pixels.withUnsafeBufferPointer { a in
      other.pixels.withUnsafeBufferPointer { b in
        result.pixels = [UInt8](unsafeUninitializedCapacity: count) { out, size in
          for index in 0..<count {
            let value = 128 + (Int(b[index]) - Int(a[index])) * gain
            out[index] = UInt8(max(0, min(255, value)))
          }
          size = count
        }
      }
    }
    return result
  }
}
