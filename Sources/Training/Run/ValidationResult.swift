/// The averaged weights on held-out clips.
package struct ValidationResult: Sendable, Equatable {
  /// The reconstruction terms with the stage's weights.
  package var loss: Double
  /// Decibels on clamped pixels, mean over frames; nil for a prior.
  package var psnr: Double?
  /// Used codes over their ceiling, level 1 first; empty for a prior.
  package var usage: [Double]
  /// The share of bits that are others than at the validation before, level 1 first; nil at the
  /// first one of a process, and for a prior.
  package var flips: [Double]?
  /// Of a prior, level 1 first.
  package var prediction: [PredictionStatistics]?
  /// By how much −ln p of a masked group, where an object's box is masked, is lower with the prompt
  /// than without, in nats.
  package var textGain: Double?
}

/// JSON has no number that is not finite: such a one is null, and `NAME_note` says why.
extension ValidationResult: Codable {
  enum CodingKeys: String, CodingKey {
    case loss
    case lossNote = "loss_note"
    case psnr
    case psnrNote = "psnr_note"
    case usage
    case flips
    case prediction
    case textGain = "text_gain"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    loss = try fields.decodeIfPresent(Double.self, forKey: .loss) ?? .nan
    psnr =
      try fields.decodeIfPresent(Double.self, forKey: .psnr)
      ?? (fields.contains(.psnrNote) ? .nan : nil)
    prediction = try fields.decodeIfPresent([PredictionStatistics].self, forKey: .prediction)
    textGain = try fields.decodeIfPresent(Double.self, forKey: .textGain)
    usage = try fields.decode([Double].self, forKey: .usage)
    flips = try fields.decodeIfPresent([Double].self, forKey: .flips)
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(loss, forKey: .loss, note: .lossNote)
    if let psnr { try fields.encode(psnr, forKey: .psnr, note: .psnrNote) }
    try fields.encodeIfPresent(prediction, forKey: .prediction)
    try fields.encodeIfPresent(textGain, forKey: .textGain)
    try fields.encode(usage, forKey: .usage)
    try fields.encodeIfPresent(flips, forKey: .flips)
  }
}

extension KeyedEncodingContainer {
  fileprivate mutating func encode(_ number: Double, forKey key: Key, note: Key) throws {
    if number.isFinite { return try encode(number, forKey: key) }
    try encodeNil(forKey: key)
    try encode(number.isNaN ? "not a number" : "infinite", forKey: note)
  }
}
