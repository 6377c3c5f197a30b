/// One line of `metrics.jsonl`: a step as it was.
package struct StepMetrics: Sendable, Equatable, Codable {
  package struct Term: Sendable, Equatable, Codable {
    package var value: Double
    package var weight: Double
  }

  /// From 1 on: the number of steps done.
  package var step: Int
  /// Seconds since 1970.
  package var time: Double
  package var stage: String
  package var loss: Double
  package var terms: [String: Term]
  package var learningRate: Double
  /// Before clipping.
  package var gradientNorm: Double
  /// How long the step waited for its clips.
  package var dataWaitSeconds: Double
  package var framesPerSecond: Double
  /// Without validation and saving.
  package var stepSeconds: Double?
  /// The most memory that the process has held.
  package var memoryBytes: Int?
  /// Level 1 first.
  package var levels: [LevelStatistics]
  /// Of a prior, in place of the levels' statistics.
  package var prediction: [PredictionStatistics]?
  /// On the held-out clips, where the step validated.
  package var validation: ValidationResult?

  enum CodingKeys: String, CodingKey {
    case step
    case time
    case stage
    case loss
    case terms
    case learningRate = "learning_rate"
    case gradientNorm = "gradient_norm"
    case dataWaitSeconds = "data_wait_seconds"
    case framesPerSecond = "frames_per_second"
    case stepSeconds = "step_seconds"
    case memoryBytes = "memory_bytes"
    case levels
    case prediction
    case validation
  }
}
