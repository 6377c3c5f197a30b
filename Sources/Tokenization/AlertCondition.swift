/// True from the last of so many windows in a row that are bad to the first that is good; windows
/// between the two change nothing.
package struct AlertCondition: Sendable, Equatable {
  package private(set) var holds = false
  private let windows: Int
  private var count = 0

  package init(windows: Int) { self.windows = windows }

  package mutating func add(isBad: Bool, isGood: Bool) {
    count = isBad ? count + 1 : 0
    if count >= windows { holds = true }
    if isGood { holds = false }
  }
}
