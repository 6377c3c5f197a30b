import Foundation
import Tensors
import Testing

private func withPath(_ body: (String) throws -> Void) throws {
  let path = NSTemporaryDirectory() + "/\(UUID().uuidString).bin"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try body(path)
}

@Test func filesLargerThanMemoryAreRefusedInOneLine() throws {
  try withPath { path in
    try WholeFile.write([[]], to: path)
    #expect(truncate(path, 4 << 40) == 0)
    for read in [
      { _ = try WholeFile.read(path) }, { _ = try SafetensorsFile.read(path) },
      { _ = try NumpyFile.read(path) }, { _ = try NumpyArchive.read(path) },
    ] {
      let error = #expect(throws: TensorFileError.self) { try read() }
      #expect(error?.description.contains("are read") == true)
    }
  }
}

/// An archive whose directory names one stored file `names` times.
private func archive(names: Int) -> [UInt8] {
  func little(_ number: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  let content = NumpyFile(StoredTensor([UInt8](repeating: 7, count: 1000), shape: [1000])).bytes
  let local = little(0x0403_4b50, 4) + [UInt8](repeating: 0, count: 26) + content
  let entry =
    little(0x0201_4b50, 4) + [UInt8](repeating: 0, count: 16) + little(content.count, 4)
    + [UInt8](repeating: 0, count: 22)
  let directory = (0..<names).flatMap { _ in entry }
  let end =
    little(0x0605_4b50, 4) + [UInt8](repeating: 0, count: 6) + little(names, 2)
    + little(directory.count, 4) + little(local.count, 4) + [0, 0]
  return local + directory + end
}

@Test func anArchiveThatCountsItsBytesTwiceIsRefused() throws {
  try withPath { path in
    try WholeFile.write([archive(names: 1)], to: path)
    #expect(try NumpyArchive.read(path).count == 1)
    try WholeFile.write([archive(names: 2)], to: path)
    let error = #expect(throws: TensorFileError.self) { try NumpyArchive.read(path) }
    #expect(error?.description.contains("overlap") == true)
  }
}
