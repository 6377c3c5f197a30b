import Tensors

/// Writes the frames as one array of bytes, [T, H, W, 3], while they come.
final class NumpyWriter: VideoWriter {
  private let file: UnfinishedFile
  private let output: ByteFile
  private let width: Int
  private let height: Int
  private var count = 0

  init(path: String, width: Int, height: Int) throws {
    self.width = width
    self.height = height
    file = try UnfinishedFile(path: path)
    output = try ByteFile(file.temporaryPath, mode: "w", name: path)
    try output.write(header)
  }

  func append(_ frame: Frame) throws {
    frame.requireSize(width, height)
    try output.write(frame.pixels)
    count += 1
  }

  func finish() throws {
    // The header has the same length whatever the count: NumPy pads it to a multiple of 64.
    output.goToStart()
    try output.write(header)
    try output.close()
    try file.commit()
  }

  private var header: [UInt8] {
    NumpyFile.header(type: .uint8, shape: [count, height, width, 3])
  }
}
