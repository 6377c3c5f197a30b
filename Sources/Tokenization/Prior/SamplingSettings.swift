/// How tokens are drawn.
package struct SamplingSettings: Sendable, Hashable {
  /// Passes for each level, at most.
  package var steps = 8
  /// 1 draws as the prior believes; lower ones prefer what is likely.
  package var temperature = 1.0
  /// Of each group, the likeliest states that together have this probability; 1 for all.
  package var topP = 0.95
  /// How much the text counts at the end of a level: (1 + w) · with text − w · without.
  ///
  /// It rises from 0 in a straight line; 0 leaves the passes without text out.
  package var guidance = 5.0
  package var seed: UInt64 = 0

  package init() {}

  /// Why nothing can be drawn like that; nil if it can.
  package var problem: String? {
    guard (1...256).contains(steps) else { return "the passes of a level are 1 to 256" }
    guard temperature >= 0, temperature <= 100 else { return "the temperature is 0 to 100" }
    guard topP > 0, topP <= 1 else { return "top-p is above 0 and at most 1" }
    guard guidance >= 0, guidance <= 100 else { return "the guidance is 0 to 100" }
    return nil
  }
}
