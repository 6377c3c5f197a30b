import COpenBLAS

/// A matrix somewhere in memory: rows of `stride` numbers, read transposed if asked.
struct MatrixOperand {
  let base: UnsafePointer<Float>
  let stride: Int
  var transposed = false

  /// The same matrix from row and column `start` on, of what the product sees.
  fileprivate func dropping(rows: Int, columns: Int) -> MatrixOperand {
    let offset = transposed ? columns * stride + rows : rows * stride + columns
    return MatrixOperand(base: base + offset, stride: stride, transposed: transposed)
  }
}

/// Products of row-major matrices by OpenBLAS, which stays single-threaded: the threads are ours.
enum MatrixKernels {
  // OpenBLAS's own threads would spin beside those of oneDNN and Dispatch.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// Multiply-adds per thread below which another thread costs more than it saves.
  private static let grain = 1 << 19

  /// c = a · b, or c += a · b: [m, k] · [k, n], on several threads where that pays.
  static func multiply(
    _ a: MatrixOperand, _ b: MatrixOperand, m: Int, n: Int, k: Int,
    into c: UnsafeMutablePointer<Float>, stride: Int, accumulate: Bool = false
  ) {
    let parts = rangeCount(m * n * k, grain: grain)
    if parts == 1 {
      multiplyAlone(a, b, m: m, n: n, k: k, into: c, stride: stride, accumulate: accumulate)
    } else if m >= n && m >= parts * 16 {
      parallelRanges(m, grain: (m + parts - 1) / parts) { rows in
        multiplyAlone(
          a.dropping(rows: rows.lowerBound, columns: 0), b, m: rows.count, n: n, k: k,
          into: c + rows.lowerBound * stride, stride: stride, accumulate: accumulate)
      }
    } else if n >= parts * 16 && n * 4 >= k {
      parallelRanges(n, grain: (n + parts - 1) / parts) { columns in
        multiplyAlone(
          a, b.dropping(rows: 0, columns: columns.lowerBound), m: m, n: columns.count, k: k,
          into: c + columns.lowerBound, stride: stride, accumulate: accumulate)
      }
    } else {
      multiplyDeep(
        a, b, m: m, n: n, k: k, parts: parts, into: c, stride: stride, accumulate: accumulate)
    }
  }

  /// As `multiply`, on the calling thread alone: for use inside parallel work.
  static func multiplyAlone(
    _ a: MatrixOperand, _ b: MatrixOperand, m: Int, n: Int, k: Int,
    into c: UnsafeMutablePointer<Float>, stride: Int, accumulate: Bool = false
  ) {
    _ = singleThreaded
    if m == 0 || n == 0 { return }
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
      b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.base,
      Int32(a.stride), b.base, Int32(b.stride), accumulate ? 1 : 0, c, Int32(stride))
  }

  /// Cuts the inner dimension: for weight gradients, small results of many rows.
  private static func multiplyDeep(
    _ a: MatrixOperand, _ b: MatrixOperand, m: Int, n: Int, k: Int, parts: Int,
    into c: UnsafeMutablePointer<Float>, stride: Int, accumulate: Bool
  ) {
    let partial = Storage(count: parts * m * n)
    let sums = partial.base
    parallelFor(parts) { part in
      let range = k * part / parts..<k * (part + 1) / parts
      multiplyAlone(
        a.dropping(rows: 0, columns: range.lowerBound),
        b.dropping(rows: range.lowerBound, columns: 0), m: m, n: n, k: range.count,
        into: sums + part * m * n, stride: n)
    }
    for row in 0..<m {
      let target = c + row * stride
      for column in 0..<n {
        var sum = accumulate ? target[column] : 0
        for part in 0..<parts { sum += sums[(part * m + row) * n + column] }
        target[column] = sum
      }
    }
    withExtendedLifetime(partial) {}
  }
}
