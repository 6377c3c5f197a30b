import Tensors
import TokenizerEngine

/// What `search` found, as people and as programs read it.
struct SearchOutput {
  let query: String
  let index: CorpusIndex
  /// Of the search itself, without loading the model.
  let seconds: Double
  var modelSeconds: Double?
  var notices: [String] = []

  // MARK: Codes

  func text(_ found: CorpusOccurrences, of pattern: CodePattern, level: Int?) throws -> String {
    let place = level.map { " at level \($0)" } ?? ""
    guard found.total > 0 else {
      return "\(pattern)\(place): no token of \(try clips()) has such a code (\(time))."
    }
    var table = TextTable(["clip", "code", "level", "frame", "t:y,x", "box", "share"])
    for item in found.places {
      let box = item.box
      table.add([
        item.clip.path.onOneLine, "0x" + String(item.code, radix: 16), "\(item.level)",
        "\(item.clip.startFrame + item.frames.lowerBound)", "\(item.t):\(item.y),\(item.x)",
        "\(box.x),\(box.y),\(box.width),\(box.height)", fixed(item.score, 4),
      ])
    }
    return table.text
      + "\n\(pattern)\(place): \(found.total) tokens in \(found.clips) of \(try clips())"
      + (found.places.count < found.total ? ", \(found.places.count) shown" : "") + " (\(time))."
  }

  func document(_ found: CorpusOccurrences, of pattern: CodePattern) throws -> JSONObject {
    var document = try document(kind: "code")
    document.set("pattern", "\(pattern)")
    document.set("occurrences", found.total)
    document.set("clips_with_it", found.clips)
    document.set(
      "results",
      found.places.map { item in
        JSONObject {
          $0.set("path", item.clip.path)
          $0.set("level", item.level)
          $0.set("frame", item.clip.startFrame + item.frames.lowerBound)
          $0.set("score", item.score)
          $0.set("code", Int(item.code))
          $0.set("t", item.t)
          $0.set("y", item.y)
          $0.set("x", item.x)
          $0.set("box", [item.box.x, item.box.y, item.box.width, item.box.height])
        }
      })
    return document
  }

  // MARK: Text

  func text(_ found: [CorpusMatch]) throws -> String {
    guard !found.isEmpty else { return "\(index.path): the index holds no clips." }
    let lines = found.map { item in
      let caption = item.clip.caption.map { "\n       “\($0.onOneLine)”" } ?? ""
      return "\(fixed(item.score, 3))  \(item.clip.path.onOneLine)\(caption)"
    }
    return lines.joined(separator: "\n") + "\n\(try clips()) compared (\(time))."
  }

  func document(_ found: [CorpusMatch]) throws -> JSONObject {
    var document = try document(kind: "text")
    document.set(
      "results",
      found.map { item in
        JSONObject {
          $0.set("path", item.clip.path)
          $0.set("level", nil as Int?)
          $0.set("frame", item.clip.startFrame)
          $0.set("score", item.score)
          $0.set("caption", item.clip.caption)
        }
      })
    return document
  }

  private func document(kind: String) throws -> JSONObject {
    var document = JSONObject()
    document.set("query", query)
    document.set("kind", kind)
    document.set("clips", try index.clipCount())
    document.set("seconds", seconds)
    document.set("model_seconds", modelSeconds)
    document.set("notices", notices)
    return document
  }

  private func clips() throws -> String {
    let count = try index.clipCount()
    return count == 1 ? "1 clip" : "\(count) clips"
  }

  private var time: String {
    let search = fixed(1000 * seconds, 1) + " ms"
    return modelSeconds.map { "\(search), loading the model \(fixed($0, 2)) s" } ?? search
  }
}
