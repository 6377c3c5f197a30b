/// The themes that can be chosen here.
enum Looks {
  static func theme(named name: String?) -> Theme? {
    name.flatMap { try? ThemeLibrary().load($0) }
  }

  static var themeNames: [String] { ThemeLibrary().names }
}
