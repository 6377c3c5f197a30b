import Evaluation
import TokenizerEngine

/// The table of `evaluate prompts`.
struct PromptOutput {
  let report: PromptReport
  let settings: PromptProbe.Settings
  let judge: String
  let prior: String
  let model: String
  let seconds: Double

  private static let convention =
    "one-attribute edits, 17 frames of 64x64; ceiling: the wanted clip reconstructed; no change: the "
    + "source reconstructed; wrong: another prompt, judged by the words of the right one (from text "
    + "alone: the next clip); statistics: mean or median colours, nothing trained; ±: 95 %, Wilson; !: the judge "
    + "is right on fewer than 0.95 of the true clips; kinds of background are not judged"

  var document: JSONObject {
    JSONObject {
      $0.set("metric", "prompt_accuracy")
      $0.set(
        "value", mean(report.edits.filter { !$0.isStatistics }.map { $0.accuracy(.prompted) }),
        note: "the mean over the attributes of edits, by the trained judge")
      $0.set("edits", report.edits.map(fields))
      $0.set("from_text", report.texts.map(fields))
      $0.set(
        "changed_outside_fraction", report.changedOutside.map(\.after).max(),
        note: "no edit leaves pixels outside of its zone")
      $0.set(
        "changed_outside_fraction_before_blending", report.changedOutside.map(\.before).max(),
        note: "no edit leaves pixels outside of its zone")
      $0.set("edits_with_outside", report.changedOutside.count)
      $0.set("steps", settings.sampling.steps)
      $0.set("temperature", settings.sampling.temperature)
      $0.set("top_p", settings.sampling.topP)
      $0.set("guidance", settings.sampling.guidance)
      $0.set("seed", String(settings.seed))
      $0.set("judge_sha256", judge)
      $0.set("prior_sha256", prior)
      $0.set("model_sha256", model)
      $0.set("seconds", seconds)
      $0.set("convention", Self.convention)
    }
  }

  private func fields(_ score: PromptScore) -> JSONObject {
    JSONObject {
      $0.set("name", score.aspect.rawValue)
      $0.set("judge", score.isStatistics ? "statistics" : "network")
      $0.set("clips", score.count)
      $0.set("true", score.accuracy(.truth))
      $0.set("ceiling", score.accuracy(.reconstruction))
      $0.set("no_change", score.matrices[.unchanged]?.accuracy)
      $0.set("prompted", score.accuracy(.prompted))
      $0.set("prompted_margin", score.margin)
      $0.set("wrong_prompt", score.matrices[.wronglyPrompted]?.accuracy)
      $0.set("share_of_ceiling", score.shareOfCeiling)
      $0.set("chance", score.chance)
      if let matrix = score.matrices[.prompted] { $0.set("confusion", JSONObject(matrix)) }
    }
  }

  var text: String {
    var parts: [String] = []
    for (title, scores) in [("a region", report.edits), ("from text alone", report.texts)]
    where !scores.isEmpty {
      var table = TextTable([
        title, "clips", "true", "ceiling", "no change", "prompt", "±", "wrong", "of ceiling",
        "chance",
      ])
      for score in scores { table.add(row(score)) }
      parts.append(table.text)
    }
    for (title, scores) in [("a region", report.edits), ("from text alone", report.texts)] {
      parts += scores.compactMap { score in
        score.matrices[.prompted].map { "\(title), \(name(score))\n\(confusionTable($0))" }
      }
    }
    if let outside { parts.append(outside) }
    let sampling = settings.sampling
    parts.append(
      "prior \(prior.prefix(8)), tokenizer \(model.prefix(8)), judge \(judge.prefix(8)); "
        + "\(sampling.steps) steps, temperature \(sampling.temperature), top-p \(sampling.topP), "
        + "guidance \(sampling.guidance), seed \(settings.seed); \(fixed(seconds, 0)) s\n"
        + Self.convention)
    return parts.joined(separator: "\n\n")
  }

  private var outside: String? {
    let all = report.changedOutside
    guard let most = all.map(\.after).max(), let before = all.map(\.before).max() else {
      return nil
    }
    let mean = all.reduce(0) { $0 + $1.before } / Double(all.count)
    return "changed outside: \(fixed(100 * most, 3)) % at most; before blending "
      + "\(fixed(100 * mean, 3)) % on average and \(fixed(100 * before, 3)) % at most; "
      + "\(all.count) of \(settings.edits) edits leave pixels outside"
  }

  /// Below this the judge itself errs too often to judge others.
  private static let surety = 0.95

  private func name(_ score: PromptScore) -> String {
    score.aspect.rawValue + (score.isStatistics && score.aspect != .tone ? ", statistics" : "")
  }

  private func row(_ score: PromptScore) -> [String] {
    [
      name(score), "\(score.count)",
      fixed(score.accuracy(.truth), 3) + (score.accuracy(.truth) < Self.surety ? "!" : ""),
      fixed(score.accuracy(.reconstruction), 3),
      score.matrices[.unchanged].map { fixed($0.accuracy, 3) } ?? "-",
      fixed(score.accuracy(.prompted), 3), fixed(score.margin, 3),
      score.matrices[.wronglyPrompted].map { fixed($0.accuracy, 3) } ?? "-",
      fixed(score.shareOfCeiling, 2),
      fixed(score.chance, 3),
    ]
  }
}
