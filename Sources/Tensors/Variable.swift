/// A value in a computation and, after `backward()`, its gradient.
///
/// Operations are methods. If none of their inputs requires a gradient they record nothing, so the
/// same code serves inference and training. Confined to one thread at a time.
package final class Variable {
  package var value: Tensor
  /// Where the gradient goes; nil when none is required.
  private(set) var node: GradientNode?

  /// A leaf: data, or with `requiresGradient` a parameter.
  package init(_ value: Tensor, requiresGradient: Bool = false) {
    self.value = value
    node = requiresGradient ? GradientNode() : nil
  }

  /// The result of an operation, which hands `pullback` the gradient of `value` during `backward()`.
  init(
    _ value: Tensor, from inputs: [GradientNode?],
    pullback: @escaping (_ gradient: consuming Tensor) -> Void
  ) {
    self.value = value
    let inputs = inputs.compactMap(\.self)
    node = inputs.isEmpty ? nil : GradientNode(inputs: inputs, pullback: pullback)
  }

  package var shape: [Int] { value.shape }

  package var requiresGradient: Bool { node != nil }

  /// The sum of all gradients since it was last set to nil; kept for leaves only.
  package var gradient: Tensor? {
    get { node?.gradient }
    set { node?.gradient = newValue }
  }

  /// Takes no gradient from now on: what is computed from it records nothing on its account.
  package func freeze() {
    node = nil
  }

  /// Takes a gradient again, as a leaf.
  package func thaw() {
    if node == nil { node = GradientNode() }
  }

  /// Exchanges value and history with `other`: what is computed from one is computed from the other
  /// till they are exchanged back.
  package func exchange(with other: Variable) {
    (value, other.value) = (other.value, value)
    (node, other.node) = (other.node, node)
  }

  /// The same value without its history.
  package func detached() -> Variable {
    Variable(value)
  }

  /// Adds the gradient of this scalar to every leaf behind it and frees the graph on the way.
  package func backward() {
    precondition(value.count == 1, "backward() starts at one number, not at \(shape).")
    backward(from: Tensor(repeating: 1, shape: shape))
  }

  /// As `backward()`, for a value of any shape with a given gradient of its own.
  package func backward(from gradient: Tensor) {
    precondition(gradient.shape == shape, "A gradient \(gradient.shape) does not fit \(shape).")
    guard let node else { return }
    node.add(gradient)
    for step in node.consumersFirst() { step.propagate() }
  }
}

/// One step of the recorded computation: its gradient so far, and what to do with it.
final class GradientNode {
  var gradient: Tensor?
  private var inputs: [GradientNode]
  private var pullback: ((consuming Tensor) -> Void)?

  init(
    inputs: [GradientNode] = [], pullback: ((consuming Tensor) -> Void)? = nil
  ) {
    self.inputs = inputs
    self.pullback = pullback
  }

  func add(_ more: Tensor) {
    guard var sum = gradient.take() else {
      gradient = more
      return
    }
    sum.accumulate(more)
    gradient = sum
  }

  /// Gives the gradient so far away, for kernels that add to it in place; nil if there is none.
  func takeGradient() -> Tensor? {
    gradient.take()
  }

  /// All nodes behind this one in an order in which every consumer precedes what it consumed.
  fileprivate func consumersFirst() -> [GradientNode] {
    var finished: [GradientNode] = []
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var path: [(node: GradientNode, next: Int)] = [(self, 0)]
    while let (node, next) = path.last {
      if next == node.inputs.count {
        finished.append(node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let input = node.inputs[next]
      if seen.insert(ObjectIdentifier(input)).inserted { path.append((input, 0)) }
    }
    return finished.reversed()
  }

  /// Hands the gradient on and forgets it; a leaf keeps it.
  fileprivate func propagate() {
    guard let pullback = self.pullback.take() else { return }
    inputs = []
    if let gradient = gradient.take() { pullback(gradient) }
  }
}

extension Optional {
  /// The value, leaving nil behind, so that its memory has one owner.
  fileprivate mutating func take() -> Wrapped? {
    defer { self = nil }
    return self
  }
}
