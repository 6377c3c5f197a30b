extension Variable {
  /// A convolution (as networks mean it: no flip) of [N, T, H, W, C] with [Cout, Cin, kT, kH, kW].
  ///
  /// `bias` is [Cout]; the result [N, T', H', W', Cout] has
  /// (size + front + back − kernel) / stride + 1 elements along each axis.
  package func convolution3D(
    weight: Variable, bias: Variable? = nil, stride: Extent3D = Extent3D(1, 1, 1),
    padding: Padding3D = .none
  ) -> Variable {
    let geometry = ConvolutionGeometry(
      input: shape, weight: weight.shape, stride: stride, padding: padding)
    precondition(
      bias.map { $0.value.count == geometry.outputChannels } ?? true,
      "A bias \(bias?.shape ?? []) does not fit the kernel \(weight.shape).")
    let library = ConvolutionKernels.chosen.library
    let (x, w) = (value, weight.value)
    let result = library.forward(geometry, x, weight: w, bias: bias?.value)
    let (toInput, toWeight, toBias) = (node, weight.node, bias?.node)
    return Variable(result, from: [toInput, toWeight, toBias]) { gradient in
      if toWeight != nil || toBias != nil {
        let gradients = library.weightGradients(geometry, x, gradient, wantsBias: toBias != nil)
        toWeight?.add(gradients.weight)
        if let bias = gradients.bias { toBias?.add(bias) }
      }
      toInput?.add(library.inputGradient(geometry, gradient, weight: w))
    }
  }
}
