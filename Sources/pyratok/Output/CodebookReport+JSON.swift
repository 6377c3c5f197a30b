import Evaluation
import Tokenization

extension JSONObject {
  init(_ level: LevelDiagnosis, thresholds: AlertThresholds) {
    let bits = level.bitStatistics
    let noCounts = level.spectrum == nil ? "the counts of the codes are not known" : nil
    self.init {
      $0.set("level", level.level)
      $0.set("tokens", level.tokens)
      $0.set("codes", level.codebookSize)
      $0.set("used", level.used)
      $0.set("ceiling", level.ceiling)
      $0.set("perplexity", level.spectrum?.perplexity, note: noCounts)
      $0.set("joint_entropy_bits", level.spectrum?.entropyInBits, note: noCounts)
      $0.set("joint_entropy_bits_miller_madow", level.spectrum?.correctedEntropyInBits)
      $0.set(
        "joint_entropy_bits_ceiling",
        UsageEstimators.entropyCeilingInBits(
          codebookSize: level.codebookSize, tokens: level.tokens))
      $0.set("bit_entropy", bits?.entropy)
      $0.set("ones", bits?.shareOfOnes)
      $0.set("dead_bits", bits?.dead(within: thresholds.deadShare))
      $0.set("correlation", .array((bits?.correlation ?? []).map(JSONObject.list)))
      $0.set("total_correlation_bits", bits?.totalCorrelation)
      $0.set("excess_total_correlation_bits", bits?.excessTotalCorrelation)
      $0.set("groups", (bits?.joint?.groups ?? []).map { JSONObject($0) })
      $0.set("parities", (bits?.joint?.parities ?? []).map { JSONObject($0) })
      $0.set("dimensions", (level.dimensions ?? []).map { JSONObject($0) })
      $0.set(
        "zipf_slope", level.spectrum?.zipfSlope, note: noCounts ?? "fewer than two codes are used")
      $0.set("uniform_zipf_slope", level.spectrum?.uniformZipfSlope)
      $0.set("unseen_mass", level.spectrum?.unseenMass)
      $0.set("chao1", level.spectrum?.chao1)
      $0.set("clips", JSONObject.value(level.clips.map { JSONObject($0) }))
      $0.set("latents", JSONObject.value(level.latents.map { JSONObject($0) }))
      $0.set("entropy_cap_nats", JSONObject.caps(of: level.codebookSize))
    }
  }

  private static func list(_ numbers: [Double]) -> Value { .array(numbers.map(Value.number)) }

  private static func value(_ object: JSONObject?) -> Value { object.map(Value.object) ?? .null }

  private init(_ group: JointBits.Group) {
    self.init {
      $0.set("first_bit", group.bits.lowerBound)
      $0.set("last_bit", group.bits.upperBound - 1)
      $0.set("entropy_bits", group.entropy)
      $0.set("correlation_bits", group.correlation)
    }
  }

  private init(_ parity: ParityRelation) {
    self.init {
      $0.set("bits", parity.bits)
      $0.set("correlation", parity.correlation)
      $0.set("information_bits", parity.information)
    }
  }

  private init(_ dimension: DimensionStatistics) {
    self.init {
      $0.set("shares", dimension.shares)
      $0.set("entropy_bits", dimension.entropy)
      $0.set("evenness", dimension.evenness)
    }
  }

  private init(_ clips: ClipSpread) {
    self.init {
      $0.set("clips", clips.clips)
      $0.set("used_in_a_clip", clips.usedInAClip)
      $0.set("share_of_random", clips.share, note: "clips of one token or little more")
    }
  }

  private init(_ latents: LatentStatistics) {
    self.init {
      $0.set("values", latents.values)
      $0.set("slope", latents.slope)
      $0.set("in_reach", latents.inReach, note: "no --slope was given")
      $0.set("mean_size", latents.meanSize)
      $0.set(
        "stages",
        latents.stages.map { stage in
          JSONObject {
            $0.set("scale", stage.scale)
            $0.set("best_scale", stage.bestScale)
            $0.set("residual_rms_before", stage.rmsBefore)
            $0.set("residual_rms_after", stage.rmsAfter)
            $0.set("commitment", stage.commitment)
          }
        })
    }
  }

  private static func caps(of codebookSize: Int) -> JSONObject {
    JSONObject {
      $0.set("exact", EntropyCap.exact.nats(codebookSize: codebookSize))
      $0.set("clamped", EntropyCap.clamped.nats(codebookSize: codebookSize))
      $0.set("added", EntropyCap.added.nats(codebookSize: codebookSize))
    }
  }

  init(_ turn: CodebookWatch.Turn) {
    self.init {
      $0.set("id", turn.rule.rawValue)
      $0.set("level", turn.level)
      $0.set("window", turn.window)
      $0.set("turn", turn.isRise ? "rose" : "fell")
    }
  }
}
