import Training

/// What each thing taken away is worth, for people and for programs.
struct AblationReport {
  let results: [AblationResult]

  private struct Column {
    let title: String
    let name: String
    let digits: Int
    /// Nil where the variant has no such level.
    let value: (AblationScore) -> Double?
  }

  private var columns: [Column] {
    let levels = results.map(\.score.usage.count).max() ?? 0
    return [
      Column(title: "bits/pixel", name: "bits_per_pixel", digits: 4) { $0.bitsPerPixel },
      Column(title: "PSNR dB", name: "psnr_db", digits: 2) { $0.psnr },
      Column(title: "SSIM", name: "ssim", digits: 3) { $0.ssim },
    ]
      + (1...max(levels, 1)).reversed().map { level in
        Column(title: "usage L\(level)", name: "usage_level\(level)", digits: 2) {
          $0.usage.indices.contains(level - 1) ? $0.usage[level - 1] : nil
        }
      } + [Column(title: "R@1", name: "recall_at_1", digits: 3) { $0.recallAt1 }]
  }

  private var whole: [AblationScore] {
    results.filter { $0.name == AblationStudy.whole }.map(\.score)
  }

  private func effect(_ column: Column) -> AblationEffect? {
    let values = whole.compactMap(column.value)
    return values.isEmpty ? nil : AblationEffect(values)
  }

  /// The whole plan with its spread over seeds, then differences from it; `none` where seeds differ as
  /// much.
  var text: String {
    let columns = columns
    let effects = columns.map(effect)
    var table = TextTable(["variant"] + columns.map(\.title))
    table.add(
      ["\(AblationStudy.whole), mean of \(whole.count) seeds"]
        + zip(columns, effects).map { column, effect in
          effect.map { fixed($0.mean, column.digits) } ?? "-"
        })
    table.add(
      ["spread of the seeds"]
        + zip(columns, effects).map { column, effect in
          effect.map { fixed($0.spread, column.digits) } ?? "-"
        })
    for result in results where result.name != AblationStudy.whole {
      table.add(
        [result.name]
          + zip(columns, effects).map { column, effect in
            guard let value = column.value(result.score), let effect else { return "-" }
            guard let difference = effect.difference(value) else { return "none" }
            return (difference > 0 ? "+" : "") + fixed(difference, column.digits)
          })
    }
    return table.text
  }

  var document: JSONObject {
    JSONObject {
      $0.set(
        "runs",
        results.map { result in
          JSONObject {
            $0.set("name", result.name)
            $0.set("seed", Int(result.seed))
            $0.set("steps", result.steps)
            for column in columns { $0.set(column.name, column.value(result.score)) }
          }
        })
      $0.set(
        "full",
        JSONObject { object in
          for column in columns {
            guard let effect = effect(column) else { continue }
            object.set(
              column.name,
              JSONObject {
                $0.set("mean", effect.mean)
                $0.set("spread", effect.spread)
              })
          }
        })
      $0.set(
        "differences",
        results.filter { $0.name != AblationStudy.whole }.map { result in
          JSONObject {
            $0.set("name", result.name)
            for column in columns {
              let difference = column.value(result.score).flatMap {
                effect(column)?.difference($0)
              }
              $0.set(column.name, difference, note: "none: within the spread of the seeds")
            }
          }
        })
      $0.set("convention", Ablate.convention)
    }
  }
}
