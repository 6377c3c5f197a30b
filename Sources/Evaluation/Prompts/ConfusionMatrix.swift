/// How often each class was taken for each other one.
package struct ConfusionMatrix: Sendable, Equatable {
  package let classes: [String]
  /// A row for each class that was asked for, a column for each that was seen.
  package private(set) var counts: [[Int]]

  package init(classes: [String]) {
    self.classes = classes
    counts = classes.map { _ in [Int](repeating: 0, count: classes.count) }
  }

  package mutating func add(asked: Int, seen: Int) { counts[asked][seen] += 1 }

  package var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share that was seen as asked; NaN before the first.
  package var accuracy: Double {
    Double(classes.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total)
  }

  /// The largest share that one and the same answer could have had, or an even draw among the classes:
  /// what knowing nothing is worth.
  package var chance: Double {
    let most = counts.map { $0.reduce(0, +) }.max() ?? 0
    return max(1 / Double(max(classes.count, 1)), Double(most) / Double(max(total, 1)))
  }
}
