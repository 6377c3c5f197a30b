import Glibc
import Layers
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
///
/// m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g²,
/// w ← w − rate · (m̂ / (√v̂ + ε) + decay · w), with m̂ = m / (1 − β1ᵗ) and v̂ = v / (1 − β2ᵗ).
package final class AdamW {
  package struct Settings: Sendable, Equatable {
    package var beta1: Float = 0.9
    package var beta2: Float = 0.99
    package var epsilon: Float = 1e-8
    package var weightDecay: Float = 0.01

    package init() {}
  }

  package var settings: Settings
  private let parameters: [NamedVariable]
  /// Updates so far; the bias correction needs it.
  package var step = 0
  /// Running means of gradients and of their squares, one per parameter.
  package var firstMoments: [Tensor]
  package var secondMoments: [Tensor]

  package init(_ parameters: [NamedVariable], settings: Settings = Settings()) {
    self.parameters = parameters
    self.settings = settings
    firstMoments = parameters.map { Tensor(zeros: $0.variable.shape) }
    secondMoments = firstMoments
  }

  /// One update of every parameter that has a gradient, times `gradientScale`; gradients are dropped.
  package func update(learningRate: Float, gradientScale: Float = 1) {
    step += 1
    // The divisors 1 − βᵗ, in double: at first they are small differences of near numbers.
    let first = 1 - pow(Double(settings.beta1), Double(step))
    let second = 1 - pow(Double(settings.beta2), Double(step))
    let rates = Rates(
      decay: 1 - learningRate * settings.weightDecay, rate: Float(Double(learningRate) / first),
      spread: Float(1 / second.squareRoot()), scale: gradientScale)
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.variable.gradient else { continue }
      parameter.variable.gradient = nil
      update(index, gradient, rates)
    }
  }

  /// What an update has in common for all parameters.
  private struct Rates {
    let decay: Float
    /// The learning rate / (1 − β1ᵗ).
    let rate: Float
    /// 1 / √(1 − β2ᵗ).
    let spread: Float
    let scale: Float
  }

  private func update(_ index: Int, _ gradient: Tensor, _ rates: Rates) {
    let beta1 = settings.beta1
    let beta2 = settings.beta2
    let epsilon = settings.epsilon
    let (decay, rate, spread, scale) = (rates.decay, rates.rate, rates.spread, rates.scale)
    gradient.withUnsafeBuffer { g in
      firstMoments[index].withUnsafeMutableBuffer { m in
        secondMoments[index].withUnsafeMutableBuffer { v in
          parameters[index].variable.value.withUnsafeMutableBuffer { w in
            for i in 0..<g.count {
              let slope = g[i] * scale
              m[i] = beta1 * m[i] + (1 - beta1) * slope
              v[i] = beta2 * v[i] + (1 - beta2) * slope * slope
              w[i] = decay * w[i] - rate * m[i] / (v[i].squareRoot() * spread + epsilon)
            }
          }
        }
      }
    }
  }
}
