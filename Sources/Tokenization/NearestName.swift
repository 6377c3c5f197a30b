/// Finds what people meant by a name that is not known.
package enum NearestName {
  /// Empty if there are no candidates.
  package static func find(_ name: String, in candidates: [String]) -> String {
    candidates.min { distance($0, name) < distance($1, name) } ?? ""
  }

  /// The number of letters to insert, delete or replace (Levenshtein, 1966).
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let replaced = diagonal + (letter == right[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
