import Tokenization

/// What is looked for in an index: the places of a code, or the clips nearest to a text.
package struct CorpusQuery: Sendable, Equatable {
  package enum Target: Sendable, Equatable {
    case pattern(CodePattern)
    case vector([Float])
  }

  /// As it was typed.
  package let words: String
  package let target: Target
  /// One line for each thing that is not read as it was meant.
  package let notices: [String]

  package init(words: String, target: Target, notices: [String] = []) {
    self.words = words
    self.target = target
    self.notices = notices
  }
}

/// What turns a text into the vector that the clips of an index are compared with.
package protocol TextVectors: AnyObject {
  func query(_ text: String) throws -> CorpusQuery
}

extension VideoTokenizer {
  func query(_ text: String) throws -> CorpusQuery {
    let target = CorpusQuery.Target.vector(try vector(of: text))
    guard model.text != nil else { return CorpusQuery(words: text, target: target) }
    let reading = PromptReading(
      text, vocabulary: vocabulary, limit: configuration.textLength)
    var notices: [String] = []
    if !reading.unknownWords.isEmpty {
      notices.append("the model's vocabulary has no whole entry for \(reading.namedUnknownWords)")
    }
    if reading.dropped > 0 {
      notices.append("the text is longer than the model reads; its end is not used")
    }
    return CorpusQuery(words: text, target: target, notices: notices)
  }
}

extension Session {
  /// A code where it reads as one, else a text.
  package func corpusQuery(_ words: String) throws -> CorpusQuery {
    guard let codec else { throw EngineError.noModel(searched: []) }
    if let pattern = try CodePattern(argument: words, bits: codec.summary.bits) {
      return CorpusQuery(words: words, target: .pattern(pattern))
    }
    guard let reader = codec as? any TextVectors else { throw CorpusError.noTexts }
    return try reader.query(words)
  }
}

/// What was found in an index.
package struct CorpusFindings: Sendable, Equatable {
  package enum Hits: Sendable, Equatable {
    /// The nearest first.
    case clips([CorpusMatch])
    case places(CorpusOccurrences)
  }

  package let query: CorpusQuery
  package let hits: Hits
  /// Of how many clips.
  package let clips: Int

  package init(query: CorpusQuery, hits: Hits, clips: Int) {
    self.query = query
    self.hits = hits
    self.clips = clips
  }
}

/// An open index, as the screens describe it.
package struct CorpusSummary: Sendable, Equatable {
  package let path: String
  package let model: CorpusModel
  package let clips: Int

  package init(path: String, model: CorpusModel, clips: Int) {
    self.path = path
    self.model = model
    self.clips = clips
  }

  /// The file's name without the folders around it.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension CorpusIndex {
  package func summary() throws -> CorpusSummary {
    CorpusSummary(path: path, model: model, clips: try clipCount())
  }

  package func find(_ query: CorpusQuery, limit: Int) throws -> CorpusFindings {
    let hits: CorpusFindings.Hits =
      switch query.target {
      case .pattern(let pattern): .places(try occurrences(of: pattern, limit: limit))
      case .vector(let vector): .clips(try nearest(to: vector, limit: limit))
      }
    return CorpusFindings(query: query, hits: hits, clips: try clipCount())
  }

  /// How the codes of all clips together are used, level 1 first.
  package func levelUsage(shouldStop: () -> Bool = { false }) throws -> [LevelUsage] {
    var counts = [[UInt32]](
      repeating: [UInt32](repeating: 0, count: 1 << min(model.bits, 20)), count: model.levels)
    try reading { db in
      try scan(db, level: nil) { place, codes in
        if shouldStop() { throw CancellationError() }
        for code in codes where Int(code) < counts[place.level - 1].count {
          counts[place.level - 1][Int(code)] &+= 1
        }
      }
    }
    return counts.enumerated().map { LevelUsage(level: $0 + 1, bits: model.bits, counts: $1) }
  }
}
