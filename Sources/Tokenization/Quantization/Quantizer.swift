import Layers
import Tensors

/// Turns the encoder's features into codes of a fixed number of channels per level.
package protocol Quantizer: Layer {
  /// `features` of levels 1…4 to latents of the same grids; `text` may be left out.
  func quantize(_ features: [Variable], text: TextContext?, stream: StreamState?)
    -> QuantizedLatents
}
