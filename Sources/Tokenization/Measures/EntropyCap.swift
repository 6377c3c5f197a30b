import Glibc

/// The highest entropy of a codebook that a training loss can report, in nats: less than ln K where
/// something was put into its logarithm against ln 0.
package enum EntropyCap: Sendable, CaseIterable {
  /// −Σ p ln p.
  case exact
  /// −Σ p ln max(p, 1e-5), as lucidrains' vector-quantize-pytorch.
  case clamped
  /// −Σ p ln (p + 1e-5), as MAGVIT-v2 and SEED-Voken.
  case added

  /// What even use of all `codebookSize` codes comes to.
  package func nats(codebookSize: Int) -> Double {
    let share = 1 / Double(max(codebookSize, 1))
    return switch self {
    case .exact: -log(share)
    case .clamped: -log(max(share, 1e-5))
    case .added: -log(share + 1e-5)
    }
  }
}
