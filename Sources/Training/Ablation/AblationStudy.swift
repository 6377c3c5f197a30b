import FoundationEssentials
import Tensors

/// One plan, and what is taken from it a piece at a time: `samples/studies/ablation.json`.
package struct AblationStudy: Sendable, Equatable {
  package static let currentFormat = "pyratok.ablation.1"
  /// The name of the plan with nothing taken away.
  package static let whole = "full"

  /// The study's own file.
  package let path: String
  /// The runs, those of the whole plan first.
  package let runs: [AblationRun]
  /// What the trained models are judged on.
  package let judgement: Judgement

  /// Fresh clips of the procedural world.
  package struct Judgement: Sendable, Equatable, Codable {
    /// Clips of a set.
    package var clips: Int
    package var sets: Int
    package var frames: Int
    package var size: Int
    package var seed: UInt64
  }

  private struct File: Codable {
    var format: String
    var plan: String
    var seeds: [UInt64]
    var judgement: Judgement
    var variants: [Variant]
  }

  private struct Variant: Codable {
    var name: String
    var set: [String: JSONValue?]
  }

  /// Reads a study and the plan that it names; every plan that would be trained is checked.
  package init(path: String) throws {
    func bad(_ reason: String) -> TrainingError { .badStudy(path: path, reason: reason) }
    guard let bytes = try? WholeFile.read(path, limit: 1 << 20) else {
      throw bad("it cannot be read")
    }
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw bad(TrainingPlan.explain(error))
    }
    guard file.format == Self.currentFormat else {
      throw bad("its format is “\(file.format)”, and only “\(Self.currentFormat)” is known")
    }
    guard !file.seeds.isEmpty, Set(file.seeds).count == file.seeds.count,
      file.seeds.allSatisfy({ $0 <= UInt64(Int64.max) })
    else {
      throw bad("seeds needs one number or more, each once and below 2^63")
    }
    let judgement = file.judgement
    guard (2...10_000).contains(judgement.clips), (1...100).contains(judgement.sets) else {
      throw bad("judgement needs 2 to 10000 clips and 1 to 100 sets")
    }
    guard (16...512).contains(judgement.size), (1...129).contains(judgement.frames) else {
      throw bad("judgement needs a size in 16…512 and frames in 1…129")
    }
    let names = [Self.whole] + file.variants.map(\.name)
    guard Set(names).count == names.count, names.allSatisfy(Self.isFolderName) else {
      throw bad("names of variants must differ and be of letters, digits, blanks and hyphens")
    }
    self.path = path
    self.judgement = judgement
    let base = try Base(path: Self.beside(path, file.plan))
    var runs = try file.seeds.map { seed in
      try base.run(Self.whole, seed: seed, changes: [], in: path)
    }
    for variant in file.variants {
      let changes = variant.set.keys.sorted().map {
        FieldChange(path: $0, value: variant.set[$0].flatMap(\.self) ?? .null)
      }
      runs.append(try base.run(variant.name, seed: file.seeds[0], changes: changes, in: path))
    }
    self.runs = runs
    for run in runs {
      if let problem = run.plan.model.geometry.problem(
        frames: judgement.frames, size: judgement.size)
      {
        throw bad("in judgement, \(problem)")
      }
    }
  }

  private static func beside(_ path: String, _ name: String) -> String {
    URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: path)).standardizedFileURL.path
  }

  private static func isFolderName(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 40
      && name.utf8.allSatisfy {
        switch UInt8($0) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

/// One training run of a study.
package struct AblationRun: Sendable, Equatable {
  /// What was taken away.
  package let name: String
  package let seed: UInt64
  package let plan: TrainingPlan
  /// What the plan names is looked for beside this file.
  package let planPath: String

  /// Of its folder within the study's.
  package var folder: String {
    name.replacing(" ", with: "-") + "-seed-\(seed)"
  }
}

/// The plan that variants change.
private struct Base {
  let path: String
  let document: JSONValue

  init(path: String) throws {
    self.path = path
    // Every field is there, so that changes can name those that the file leaves out.
    let json = try TrainingPlan(path: path).json()
    document = try JSONDecoder().decode(JSONValue.self, from: Data(json))
  }

  func run(
    _ name: String, seed: UInt64, changes: [FieldChange], in study: String
  ) throws -> AblationRun {
    var changed = document
    for change in changes + [FieldChange(path: "seed", value: .whole(Int64(seed)))] {
      guard let next = change.applied(to: changed) else {
        throw TrainingError.badStudy(
          path: study,
          reason: "the variant “\(name)” changes “\(change.path)”, which \(path) does not have")
      }
      changed = next
    }
    let plan = try TrainingPlan(
      json: [UInt8](try JSONEncoder().encode(changed)), path: "\(path) (\(name))")
    return AblationRun(name: name, seed: seed, plan: plan, planPath: path)
  }
}
