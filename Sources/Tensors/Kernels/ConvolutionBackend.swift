/// Which library does the convolutions, and why.
package struct ConvolutionBackend: Sendable {
  package let name: String
  package let detail: String

  /// The one that is used; asking loads the library.
  package static var current: ConvolutionBackend { ConvolutionKernels.chosen.backend }
}

/// The three products behind a convolution and its gradients.
protocol ConvolutionLibrary: Sendable {
  func forward(
    _ geometry: ConvolutionGeometry, _ input: Tensor, weight: Tensor, bias: Tensor?
  ) -> Tensor

  func inputGradient(
    _ geometry: ConvolutionGeometry, _ gradient: Tensor, weight: Tensor
  ) -> Tensor

  func weightGradients(
    _ geometry: ConvolutionGeometry, _ input: Tensor, _ gradient: Tensor, wantsBias: Bool
  ) -> (weight: Tensor, bias: Tensor?)
}

/// The library at hand: oneDNN where it was built in and loads, else OpenBLAS.
enum ConvolutionKernels {
  static let chosen: (library: any ConvolutionLibrary, backend: ConvolutionBackend) = {
    var detail = "built without oneDNN"
    #if OneDNN
      do throws(LibraryUnavailable) {
        let library = try OneDNNConvolution()
        ThreadTeam.start()
        return (library, ConvolutionBackend(name: "oneDNN", detail: library.version))
      } catch {
        detail = "oneDNN cannot be loaded: \(error.reason)"
      }
    #endif
    return (ProductConvolution(), ConvolutionBackend(name: "OpenBLAS", detail: detail))
  }()

  /// All that work here, for tests.
  static var available: [any ConvolutionLibrary] {
    ConvolutionBackend.current.name == "OpenBLAS"
      ? [ProductConvolution()] : [chosen.library, ProductConvolution()]
  }
}
