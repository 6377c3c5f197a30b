import Foundation
import Tensors
import Testing

@Test func aSmallArrayHasTheBytesThatNumPyWrites() throws {
  let array = StoredTensor([1, 2, 3, 4, 5, 65_535] as [UInt16], shape: [2, 3])
  let bytes = NumpyFile(array).bytes
  let text = "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }"
  #expect(bytes.count == 140)
  #expect(Array(bytes[..<10]) == [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0])
  #expect(String(decoding: bytes[10..<128], as: UTF8.self).hasPrefix(text))
  #expect(bytes[127] == 10)
  #expect(Array(bytes[128...]) == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255])
  let path = NSTemporaryDirectory() + "/\(UUID().uuidString).npy"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try NumpyFile(array).write(to: path)
  #expect(try NumpyFile.read(path).array == array)
}

@Test(arguments: [
  ("{'descr': '<u2', 'fortran_order': True, 'shape': (2,), }", 4, "column by column"),
  ("{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }", 4, "not read"),
  ("{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }", 4, "does not fit"),
  ("{'descr': '<u2', 'fortran_order': False, 'shape': (-2,), }", 4, "impossible shape"),
  ("{'descr': '<u2', 'fortran_order': False, }", 4, "no shape"),
  ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 4, "not read"),
])
func strangeArraysAreRefused(header: String, data: Int, reason: String) throws {
  let bytes =
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
  let path = NSTemporaryDirectory() + "/\(UUID().uuidString).npy"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try WholeFile.write([bytes], to: path)
  let error = #expect(throws: TensorFileError.self) { try NumpyFile.read(path) }
  #expect(error?.description.contains(reason) == true)
}

@Test func arraysOfEveryReadableTypeSurvive() throws {
  for type in ElementType.allCases where type != .bfloat16 {
    let array = StoredTensor(
      type: type, shape: [5], bytes: [UInt8](repeating: 3, count: 5 * type.size))
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).npy"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NumpyFile(array).write(to: path)
    #expect(try NumpyFile.read(path).array == array)
  }
}
