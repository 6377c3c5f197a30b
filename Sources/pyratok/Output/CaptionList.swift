import Foundation
import Tensors
import Training

/// `captions.jsonl` beside the clips of a folder: one object a line, as a plan's `data.manifest`
/// reads it.
enum CaptionList {
  static let name = "captions.jsonl"

  /// Lines of these clips are made anew; those of other clips, made before, stay as they are.
  static func write(_ clips: [SampleRecord], in folder: String) throws {
    let path = URL(fileURLWithPath: folder).appendingPathComponent(name).path
    let made = Set(clips.map { URL(fileURLWithPath: $0.path).lastPathComponent })
    let kept = try lines(of: path).filter { line in
      clip(in: line).map { !made.contains($0) } ?? true
    }
    let new = clips.map { JSONObject.Value.object(JSONObject(listing: $0)).line }
    let text = (kept + new).map { $0 + "\n" }.joined()
    try WholeFile.write([Array(text.utf8)], to: path)
  }

  private static func lines(of path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let text = String(decoding: try WholeFile.read(path, limit: 1 << 28), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }

  private static func clip(in line: String) -> String? {
    let fields = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return fields?["path"] as? String
  }
}
