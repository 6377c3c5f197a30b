import Tensors

/// Each position alone through a wider layer and back: down(silu(up(x))).
package struct FeedForward: Layer {
  package let up: Linear
  package let down: Linear

  package init(_ width: Int, hidden: Int, from source: inout RandomSource) {
    up = Linear(width, hidden, from: &source)
    down = Linear(hidden, width, from: &source)
  }

  package init(up: Linear, down: Linear) {
    self.up = up
    self.down = down
  }

  package func callAsFunction(_ x: Variable) -> Variable {
    down(up(x).silu())
  }

  package var parameters: [NamedVariable] {
    up.parameters(under: "up") + down.parameters(under: "down")
  }
}
