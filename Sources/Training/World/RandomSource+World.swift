import Tensors

extension RandomSource {
  mutating func float(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(next() >> 40) * 0x1p-24
  }

  mutating func chance(_ probability: Float) -> Bool {
    float(0, 1) < probability
  }

  mutating func element<Element>(of choices: [Element]) -> Element {
    choices[integer(below: choices.count)]
  }

  /// A value with probability in proportion to its weight.
  mutating func element<Element>(weighted choices: KeyValuePairs<Element, Float>) -> Element {
    var rest = float(0, choices.reduce(0) { $0 + $1.value })
    for (value, weight) in choices.dropLast() {
      if rest < weight { return value }
      rest -= weight
    }
    return choices[choices.count - 1].key
  }

  /// Nearly normal, mean 0 and deviation 1: a sum of four bytes.
  mutating func roughNormal() -> Float {
    let bits = next()
    let sum = (bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + ((bits >> 24) & 255)
    return (Float(sum) - 510) * (1 / 147.8)
  }
}
