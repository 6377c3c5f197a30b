import Evaluation

/// A row for each class that was asked for, a column for each that was seen, and its share.
func confusionTable(_ matrix: ConfusionMatrix) -> String {
  var table = TextTable(["asked \\ seen"] + matrix.classes.map(brief))
  for (index, name) in matrix.classes.enumerated() {
    table.add([brief(name)] + matrix.counts[index].map { $0 == 0 ? "." : "\($0)" })
  }
  return table.text
}

/// "moves to the left" is "left" in a narrow column.
private func brief(_ name: String) -> String {
  ["moves to the ", "moves in a ", "moves "].first(where: name.hasPrefix)
    .map { String(name.dropFirst($0.count)) } ?? name
}

extension JSONObject {
  init(_ matrix: ConfusionMatrix) {
    self.init {
      $0.set("classes", matrix.classes)
      $0.set(
        "counts",
        JSONObject.Value.array(
          matrix.counts.map { .array($0.map(JSONObject.Value.integer)) }))
    }
  }
}
