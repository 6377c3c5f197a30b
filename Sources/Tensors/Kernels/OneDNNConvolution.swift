#if OneDNN
  import CKernels
  import COneDNN

  /// Convolutions by oneDNN, channels last, with the primitives kept by shape.
  struct OneDNNConvolution: ConvolutionLibrary {
    private let cache = PrimitiveCache()
    let version: String

    /// Throws why the library cannot be used here.
    init() throws(LibraryUnavailable) {
      if let reason = pt_dnn_load() {
        throw LibraryUnavailable(reason: String(cString: reason))
      }
      version = String(cString: pt_dnn_version())
    }

    func forward(
      _ geometry: ConvolutionGeometry, _ input: Tensor, weight: Tensor, bias: Tensor?
    ) -> Tensor {
      let primitive = cache.primitive(PT_DNN_FORWARD, geometry, hasBias: bias != nil)
      let result = Tensor(uninitialized: geometry.outputShape)
      let packed = primitive.packed(weight)
      primitive.run(
        input: primitive.factor(input), weights: packed, bias: bias?.storage,
        output: result.storage)
      return result
    }

    func inputGradient(
      _ geometry: ConvolutionGeometry, _ gradient: Tensor, weight: Tensor
    ) -> Tensor {
      let primitive = cache.primitive(PT_DNN_INPUT_GRADIENT, geometry, hasBias: false)
      let result = Tensor(uninitialized: geometry.inputShape)
      primitive.run(
        input: result.storage, weights: primitive.packed(weight), bias: nil,
        output: primitive.factor(gradient))
      return result
    }

    func weightGradients(
      _ geometry: ConvolutionGeometry, _ input: Tensor, _ gradient: Tensor, wantsBias: Bool
    ) -> (weight: Tensor, bias: Tensor?) {
      let primitive = cache.primitive(PT_DNN_WEIGHT_GRADIENTS, geometry, hasBias: wantsBias)
      let packed = Storage(count: primitive.packedCount)
      let bias = wantsBias ? Tensor(uninitialized: [geometry.outputChannels]) : nil
      primitive.run(
        input: primitive.factor(input), weights: packed, bias: bias?.storage,
        output: primitive.factor(gradient))
      return (primitive.unpacked(packed, geometry.weightShape), bias)
    }
  }

  /// Why oneDNN cannot be used.
  struct LibraryUnavailable: Error {
    let reason: String
  }

  /// One compiled convolution of oneDNN.
  // Unchecked: immutable after its making; the library's primitives may run on several threads.
  private final class ConvolutionPrimitive: @unchecked Sendable {
    private let handle: OpaquePointer
    private let threads: Int
    private let isBFloat16: Bool

    init(_ kind: pt_dnn_kind, _ shape: pt_dnn_shape, threads: Int) {
      self.threads = threads
      pt_dnn_set_threads(Int32(threads))
      var shape = shape
      if shape.bfloat16 != 0, let handle = pt_dnn_create(kind, &shape) {
        self.handle = handle
        isBFloat16 = true
        return
      }
      shape.bfloat16 = 0
      guard let handle = pt_dnn_create(kind, &shape) else {
        preconditionFailure("oneDNN refuses a convolution of \(shape).")
      }
      self.handle = handle
      isBFloat16 = false
    }

    /// What the convolution reads, in its type; a rounded copy is kept with the tensor.
    func factor(_ tensor: Tensor) -> Storage {
      isBFloat16 ? tensor.bfloat16Storage : tensor.storage
    }

    deinit {
      pt_dnn_destroy(handle)
    }

    var packedCount: Int { (pt_dnn_packed_bytes(handle) + 3) / 4 }

    /// The weights in the order that this convolution wants, made once per value.
    func packed(_ weight: Tensor) -> Storage {
      let layout = pt_dnn_layout(handle)
      if layout == -1 { return weight.storage }
      return weight.storage.packed(for: layout) {
        pt_dnn_set_threads(Int32(threads))
        let packed = Storage(count: packedCount)
        require(pt_dnn_pack(handle, weight.storage.base, packed.base))
        return packed
      }
    }

    func unpacked(_ packed: Storage, _ shape: [Int]) -> Tensor {
      let result = Tensor(uninitialized: shape)
      require(pt_dnn_unpack(handle, packed.base, result.storage.base))
      withExtendedLifetime(packed) {}
      return result
    }

    func run(input: Storage, weights: Storage, bias: Storage?, output: Storage) {
      pt_dnn_set_threads(Int32(threads))
      let scratch = Storage(count: (pt_dnn_scratch_bytes(handle) + 3) / 4)
      require(
        pt_dnn_run(
          handle, input.base, weights.base, bias?.base, output.base, scratch.base))
      withExtendedLifetime((input, weights, bias, output, scratch)) {}
    }

    private func require(_ status: Int32) {
      precondition(status == 0, "oneDNN failed with status \(status).")
    }
  }

  /// The convolutions compiled so far; the least recently used goes when there are too many.
  // Unchecked: all state is under the lock.
  private final class PrimitiveCache: @unchecked Sendable {
    private struct Key: Hashable {
      let kind: UInt32
      let geometry: ConvolutionGeometry
      let hasBias: Bool
      let threads: Int
    }

    private let lock = Lock()
    private var primitives: [Key: (primitive: ConvolutionPrimitive, used: Int)] = [:]
    private var clock = 0
    private let limit = 512

    func primitive(
      _ kind: pt_dnn_kind, _ geometry: ConvolutionGeometry, hasBias: Bool
    ) -> ConvolutionPrimitive {
      let threads = Threads.count
      let key = Key(
        kind: kind.rawValue, geometry: geometry, hasBias: hasBias, threads: threads)
      return lock.locked {
        clock += 1
        if let found = primitives[key]?.primitive {
          primitives[key]?.used = clock
          return found
        }
        if primitives.count >= limit,
          let oldest = primitives.min(by: { $0.value.used < $1.value.used })
        {
          primitives[oldest.key] = nil
        }
        let made = ConvolutionPrimitive(
          kind, pt_dnn_shape(kind, geometry, hasBias: hasBias), threads: threads)
        primitives[key] = (made, clock)
        return made
      }
    }
  }

  extension Tensor {
    /// The values as bfloat16, two in the place of one float.
    fileprivate var bfloat16Storage: Storage {
      storage.packed(for: "bfloat16") {
        let halves = Storage(count: (count + 1) / 2)
        let source = storage.base
        let target = UnsafeMutableRawPointer(halves.base).assumingMemoryBound(to: UInt16.self)
        parallelRanges(count, grain: elementGrain) { range in
          pt_to_bfloat16(source + range.lowerBound, target + range.lowerBound, range.count)
        }
        return halves
      }
    }
  }

  extension pt_dnn_shape {
    /// With two axes where they do: the library is faster then, but not in weight gradients.
    fileprivate init(_ kind: pt_dnn_kind, _ g: ConvolutionGeometry, hasBias: Bool) {
      self.init()
      input_channels = Int64(g.inputChannels)
      output_channels = Int64(g.outputChannels)
      has_bias = hasBias ? 1 : 0
      bfloat16 = g.precision == .bfloat16 ? 1 : 0
      let (front, back) = (g.padding.front, g.padding.back)
      let mayFold = kind != PT_DNN_WEIGHT_GRADIENTS
      let isWithinFrames =
        mayFold && g.kernel.t == 1 && g.stride.t == 1 && front.t == 0 && back.t == 0
      let isAcrossFrames =
        mayFold && g.kernel.h == 1 && g.kernel.w == 1 && g.stride.h == 1 && g.stride.w == 1
        && front.h == 0 && front.w == 0 && back.h == 0 && back.w == 0
      if isWithinFrames {
        // Every frame is a picture of its own.
        rank = 2
        clips = Int64(g.clips * g.input.t)
        input = (Int64(g.input.h), Int64(g.input.w), 1)
        output = (Int64(g.output.h), Int64(g.output.w), 1)
        kernel = (Int64(g.kernel.h), Int64(g.kernel.w), 1)
        stride = (Int64(g.stride.h), Int64(g.stride.w), 1)
        self.front = (Int64(front.h), Int64(front.w), 0)
        self.back = (Int64(back.h), Int64(back.w), 0)
      } else if isAcrossFrames {
        // A clip is a picture whose lines are the frames.
        rank = 2
        clips = Int64(g.clips)
        input = (Int64(g.input.t), Int64(g.input.h * g.input.w), 1)
        output = (Int64(g.output.t), Int64(g.output.h * g.output.w), 1)
        kernel = (Int64(g.kernel.t), 1, 1)
        stride = (Int64(g.stride.t), 1, 1)
        self.front = (Int64(front.t), 0, 0)
        self.back = (Int64(back.t), 0, 0)
      } else {
        rank = 3
        clips = Int64(g.clips)
        input = (Int64(g.input.t), Int64(g.input.h), Int64(g.input.w))
        output = (Int64(g.output.t), Int64(g.output.h), Int64(g.output.w))
        kernel = (Int64(g.kernel.t), Int64(g.kernel.h), Int64(g.kernel.w))
        stride = (Int64(g.stride.t), Int64(g.stride.h), Int64(g.stride.w))
        self.front = (Int64(front.t), Int64(front.h), Int64(front.w))
        self.back = (Int64(back.t), Int64(back.h), Int64(back.w))
      }
    }
  }
#endif
