/// A ramp of 256 colours, even to the eye, sampled once so that drawing is an array index.
package struct Gradient: Hashable, Sendable {
  package let colors: [RGB]

  /// Through `stops` at equal distances, in OKLab.
  package init(stops: [RGB]) {
    guard let first = stops.first, stops.count > 1 else {
      colors = Array(repeating: stops.first ?? RGB(0, 0, 0), count: 256)
      return
    }
    let points = stops.map(OKLab.init)
    colors = (0..<256).map { step in
      if step == 0 { return first }
      let place = Double(step) / 255 * Double(points.count - 1)
      let index = min(Int(place), points.count - 2)
      return points[index].mixed(with: points[index + 1], Float(place - Double(index))).rgb
    }
  }

  /// The colour at 0…1; what lies outside is clamped, not-a-number is the start.
  package func color(at value: Double) -> RGB {
    colors[value > 0 ? Int((min(value, 1) * 255).rounded()) : 0]
  }

  /// Blue to yellow, safe for colour-blind eyes; after Nuñez, Anderton and Renslow (2018).
  package static let cividis = Gradient(
    stops: [
      0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55,
      0xfee838,
    ].map(RGB.init(packed:)))

  /// Purple over green to yellow; after van der Walt and Smith's viridis.
  package static let viridis = Gradient(
    stops: [
      0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b,
      0xfde725,
    ].map(RGB.init(packed:)))
}
