import Foundation
import Tensors
import Testing

/// The 164 bytes that the format's reference implementation writes for one F32 and one U8 tensor.
private let sample: [UInt8] =
  [144, 0, 0, 0, 0, 0, 0, 0]
  + Array(
    ("{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"F32\",\"shape\":[2],"
      + "\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"U8\",\"shape\":[2,2],"
      + "\"data_offsets\":[8,12]}}    ").utf8)
  + [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1, 2, 3, 4]

private func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
  let path = NSTemporaryDirectory() + "/\(UUID().uuidString).bin"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try WholeFile.write([bytes], to: path)
  return try body(path)
}

private func file(header: String, data: Int = 0) -> [UInt8] {
  let length = withUnsafeBytes(of: UInt64(header.utf8.count)) { Array($0) }
  return length + Array(header.utf8) + [UInt8](repeating: 0, count: data)
}

@Test func theSampleOfTheFormatIsReadAndWrittenByteForByte() throws {
  #expect(sample.count == 164)
  let read = try withFile(sample) { try SafetensorsFile.read($0) }
  #expect(read.metadata == ["format": "pt"])
  #expect(read.tensors["b"]?.floats == [1, -2])
  #expect(read.tensors["a"]?.integers == [1, 2, 3, 4])
  #expect(read.tensors["a"]?.shape == [2, 2])
  #expect(read.bytes == sample)
}

@Test func everyElementTypeSurvivesARoundTrip() throws {
  var file = SafetensorsFile(metadata: ["quote\"": "back\\slash\nline\u{1}", "ü": "😀"])
  for (index, type) in ElementType.allCases.enumerated() {
    let bytes = (0..<type.size * 3).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ index) }
    file.tensors[type.rawValue] = StoredTensor(type: type, shape: [3, 1], bytes: bytes)
  }
  file.tensors["empty"] = StoredTensor([Float](), shape: [0, 4])
  file.tensors["scalar"] = StoredTensor([1.5] as [Float], shape: [])
  let path = NSTemporaryDirectory() + "/\(UUID().uuidString).safetensors"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try file.write(to: path)
  #expect(try SafetensorsFile.read(path) == file)
}

@Test(arguments: [
  ("x", 0, "shorter"),
  (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 3, "beyond the file"),
  (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 5, "belong to no tensor"),
  (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}"#, 5, "hole"),
  (
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, 6, "overlaps"
  ),
  (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}"#, 4, "does not fit"),
  (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}"#, 4, "does not fit"),
  (
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
    "does not fit"
  ),
  (#"{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}"#, 4, "whole number"),
  (#"{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "too large"),
  (#"{"a":{"dtype":"Q4","shape":[4],"data_offsets":[0,4]}}"#, 4, "unknown dtype"),
  (#"{"a":{"dtype":"U8","shape":[4]}}"#, 4, "lacks its dtype, shape or offsets"),
  (#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"z":1}}"#, 4, "unexpected"),
  (#"{"a":[[[[[[[[[["#, 0, "lacks “{”"),
  (#"{"__metadata__":{"a":1}}"#, 0, "lacks"),
  (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "twice"),
  (
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
      + #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, 0, "twice"
  ),
  (#"{} x"#, 0, "goes on"),
  (#"{"a"#, 0, "breaks off"),
  (#" {}"#, 0, "does not begin"),
  (#"{"\ud800":1}"#, 0, "surrogate"),
])
func hostileHeadersAreRefusedInOneLine(header: String, data: Int, reason: String) throws {
  let bytes = header == "x" ? [1, 2, 3] : file(header: header, data: data)
  let error = try withFile(bytes) { path in
    #expect(throws: TensorFileError.self) { try SafetensorsFile.read(path) }
  }
  let line = error?.description ?? ""
  #expect(line.contains(reason), "\(line)")
  #expect(!line.contains("\n"))
}

@Test func hugeHeadersAreRefusedBeforeAnythingIsHeld() throws {
  for length in [UInt64.max, 100_000_001, 1000] {
    let bytes = withUnsafeBytes(of: length) { Array($0) } + Array("{}".utf8)
    let error = try withFile(bytes) { path in
      #expect(throws: TensorFileError.self) { try SafetensorsFile.read(path) }
    }
    #expect(error?.description.contains("claims") == true)
  }
}

@Test func foldersAndMissingFilesAreRefused() {
  #expect(throws: TensorFileError.unreadable(path: "/tmp", reason: "it is a folder")) {
    try SafetensorsFile.read("/tmp")
  }
  #expect(throws: TensorFileError.self) { try SafetensorsFile.read("/nowhere/at/all") }
  #expect(throws: TensorFileError.self) { try SafetensorsFile().write(to: "/nowhere/at/all") }
  let reason = "it is not a plain file; give another name"
  for path in ["/dev/null", "/tmp"] {
    #expect(throws: TensorFileError.unwritable(path: path, reason: reason)) {
      try SafetensorsFile().write(to: path)
    }
  }
}

@Test func halfPrecisionAgreesWithTheCompilerOnEveryValue() {
  for bits in UInt16.min...UInt16.max {
    let expected = Float(Float16(bitPattern: bits))
    let value = HalfPrecision.float(bits)
    #expect(value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN))
    if !expected.isNaN { #expect(HalfPrecision.float16Bits(expected) == bits) }
  }
  var bits: UInt32 = 0
  for _ in 0..<200_000 {
    bits = bits &+ 21_473
    let value = Float(bitPattern: bits &* 2_654_435_761)
    if value.isNaN { continue }
    #expect(HalfPrecision.float16Bits(value) == Float16(value).bitPattern, "\(value)")
  }
}

@Test func bfloat16RoundsToNearestEven() {
  #expect(HalfPrecision.bfloat16Bits(1) == 0x3f80)
  #expect(HalfPrecision.bfloat16Bits(Float(bitPattern: 0x3f80_8000)) == 0x3f80)
  #expect(HalfPrecision.bfloat16Bits(Float(bitPattern: 0x3f81_8000)) == 0x3f82)
  #expect(HalfPrecision.bfloat16Bits(.nan) & 0x7fff > 0x7f80)
}

@Test func nonFiniteNumbersAreFound() {
  for type in [ElementType.float32, .float16, .bfloat16] {
    #expect(!StoredTensor([1, -65_000, 0], shape: [3], as: type).hasNonFinite)
    #expect(StoredTensor([1, .nan, 0], shape: [3], as: type).hasNonFinite)
    #expect(StoredTensor([1, -.infinity, 0], shape: [3], as: type).hasNonFinite)
  }
}
