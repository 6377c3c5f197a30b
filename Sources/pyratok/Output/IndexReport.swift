import TokenizerEngine

/// What `index` did.
struct IndexReport {
  let path: String
  /// In the index now.
  var clips = 0
  var seconds = 0.0
  /// Of the file.
  var bytes = 0
  var skipped: [SkippedInput] = []
  /// Clips that were gone.
  var removed = 0
  private var added = 0
  private var replaced = 0
  private var unchanged = 0

  init(path: String) { self.path = path }

  mutating func add(_ outcome: CorpusAddition.Outcome) {
    switch outcome {
    case .added: added += 1
    case .replaced: replaced += 1
    case .unchanged: unchanged += 1
    }
  }

  var text: String {
    "\(path): \(clips) clips (\(added) added, \(replaced) replaced, \(unchanged) unchanged, "
      + (removed > 0 ? "\(removed) removed, " : "")
      + "\(skipped.count) skipped), \(fixed(Double(bytes) / 1e6, 1)) MB, \(fixed(seconds, 1)) s"
  }

  var document: JSONObject {
    JSONObject {
      $0.set("path", path)
      $0.set("clips", clips)
      $0.set("added", added)
      $0.set("replaced", replaced)
      $0.set("unchanged", unchanged)
      $0.set("removed", removed)
      $0.set("skipped", skipped.map(\.json))
      $0.set("seconds", seconds)
      $0.set("bytes", bytes)
      $0.set("peak_rss_bytes", peakMemory())
    }
  }
}
