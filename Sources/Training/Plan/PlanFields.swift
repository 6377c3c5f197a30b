import Tokenization

/// The fields that a plan may have, so that a misspelt one is found and not silently ignored.
indirect enum PlanFields: Sendable {
  case value
  case object([String: PlanFields])
  case list(PlanFields)

  static let plan = object([
    "format": .value, "seed": .value, "vocabulary": .value, "initial_weights": .value,
    "precision": .value,
    "model": values([
      "format", "architecture", "name", "bits", "patch", "widths", "encoder_blocks",
      "decoder_blocks", "strides", "quantizer_width", "heads", "text_width", "text_layers",
      "text_length", "vocabulary_size", "entropy_slope", "alignment_width",
    ]),
    "text_encoder": values(TextEncoderPlan.CodingKeys.self),
    "data": values(TrainingPlan.DataPlan.CodingKeys.self), "stages": .list(stage),
    "checkpoint": values(["every"]), "histograms": values(["every"]),
    "validation": values(TrainingPlan.ValidationPlan.CodingKeys.self),
    "autoregressive": values(AutoregressivePlan.CodingKeys.self),
    "perceptual": values(PerceptualPlan.CodingKeys.self),
    "drift": values(DriftPlan.CodingKeys.self),
    "corruption": values(CorruptionPlan.CodingKeys.self),
    "adapters": values(AdapterPlan.CodingKeys.self), "prior": prior,
  ])

  private static let prior: PlanFields = {
    var names: [String: PlanFields] = [:]
    for key in PriorPlan.CodingKeys.allCases { names[key.stringValue] = .value }
    names["masks"] = values(MaskFamily.allCases.map(\.rawValue))
    return object(names)
  }()

  private static let stage = object([
    "name": .value, "steps": .value, "accumulate": .value, "quantizer": .value,
    "straight_through": .value, "data": values(TrainingPlan.DataPlan.CodingKeys.self),
    "batch": .list(values(TrainingPlan.BatchPlan.CodingKeys.self)),
    "losses": values(LossTerm.allCases.map(\.rawValue)),
    "final_losses": values(LossTerm.allCases.map(\.rawValue)),
    "sample_entropy_weight": .value, "caption_dropout": .value, "trainable": .value,
    "optimizer": values(TrainingPlan.OptimizerPlan.CodingKeys.self),
  ])

  private static func values<Keys: CodingKey & CaseIterable>(_ keys: Keys.Type) -> PlanFields {
    values(Keys.allCases.map(\.stringValue))
  }

  private static func values(_ names: [String]) -> PlanFields {
    .object(Dictionary(uniqueKeysWithValues: names.map { ($0, .value) }))
  }

  /// A sentence about the first unknown field and the valid one nearest to it; nil if all are known.
  func firstUnknownField(in json: JSONValue, path: String = "") -> String? {
    switch (self, json) {
    case (.object(let known), .object(let fields)):
      for name in fields.keys.sorted() {
        guard let inner = known[name], let value = fields[name] else {
          let nearest = NearestName.find(name, in: known.keys.sorted())
          return "it has no field “\(path)\(name)”; did you mean “\(path)\(nearest)”?"
        }
        if let unknown = inner.firstUnknownField(in: value, path: path + name + ".") {
          return unknown
        }
      }
      return nil
    case (.list(let inner), .list(let items)):
      for (index, item) in items.enumerated() {
        if let unknown = inner.firstUnknownField(in: item, path: "\(path)\(index).") {
          return unknown
        }
      }
      return nil
    default:
      return nil
    }
  }
}
