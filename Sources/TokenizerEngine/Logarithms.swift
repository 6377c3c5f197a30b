#if canImport(Glibc)
  import Glibc
#endif

func decimalLogarithm(_ value: Double) -> Double { log10(value) }

func binaryLogarithm(_ value: Double) -> Double { log2(value) }

func exponentialOfTwo(_ value: Double) -> Double { exp2(value) }

/// K(1 − (1 − 1/K)^N), computed so that it does not round to nothing for large K.
func expectedDistinct(of codes: Int, draws: Int) -> Double {
  guard codes > 1 else { return Double(min(codes, draws)) }
  return -Double(codes) * expm1(Double(draws) * log1p(-1 / Double(codes)))
}
