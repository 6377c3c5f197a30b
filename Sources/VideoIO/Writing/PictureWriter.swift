import Glibc

/// Writes a folder of .png, `frame-000001.png` and on, or a single picture.
final class PictureWriter: VideoWriter {
  private let file: UnfinishedFile
  private let isFolder: Bool
  private let width: Int
  private let height: Int
  private var count = 0

  init(path: String, width: Int, height: Int, isFolder: Bool) throws {
    LibavLog.install()
    self.width = width
    self.height = height
    self.isFolder = isFolder
    file = try UnfinishedFile(path: path, isFolder: isFolder)
    if isFolder && mkdir(file.temporaryPath, 0o755) != 0 {
      throw VideoError.unwritable(path, reason: systemReason())
    }
  }

  func append(_ frame: Frame) throws {
    frame.requireSize(width, height)
    count += 1
    guard isFolder || count == 1 else {
      throw VideoError.unwritable(
        file.path, reason: "a picture holds one frame; give a folder, .mp4, .mkv, .gif or .npy")
    }
    let digits = String(count)
    let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let path = isFolder ? file.temporaryPath + "/frame-\(number).png" : file.temporaryPath
    let output = try ByteFile(path, mode: "w", name: file.path)
    let encoded = try PNGPicture.encode(frame)
    try output.write(encoded)
    try output.close()
  }

  func finish() throws {
    guard count > 0 || isFolder else {
      throw VideoError.unwritable(file.path, reason: "there is no frame to write")
    }
    try file.commit()
  }
}
