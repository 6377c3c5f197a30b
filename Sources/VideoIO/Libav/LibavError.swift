import CFFmpeg

/// A failed call into libav, on its way to becoming a `VideoError` that names the file.
struct LibavError: Error {
  let code: Int32

  /// libav's own words, starting in lower case and without a full stop.
  var reason: String {
    var buffer = [CChar](repeating: 0, count: 256)
    av_strerror(code, &buffer, 256)
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let first = text.first, text.dropFirst().first?.isUppercase == false else { return text }
    return first.lowercased() + text.dropFirst()
  }

  /// The reason with what libav's log said since `mark`.
  func reason(since mark: Int) -> String {
    guard let detail = LibavLog.lastError(since: mark) else { return reason }
    return reason + " (" + (detail.hasSuffix(".") ? String(detail.dropLast()) : detail) + ")"
  }

  static let outOfMemory = LibavError(code: cff_error_no_memory)
  static let invalidData = LibavError(code: cff_error_invalid_data)
}

/// Passes on what is not negative, throws the rest.
@discardableResult
func checked(_ code: Int32) throws -> Int32 {
  guard code >= 0 else { throw LibavError(code: code) }
  return code
}
