/// The themes that can be chosen here.
enum Looks {
  static var themeNames: [String] { [Theme.dark.name] }

  static var lightThemeName: String? { themeNames.first { theme(named: $0)?.isLight ?? false } }

  static func theme(named name: String?) -> Theme? { name == Theme.dark.name ? .dark : nil }
}
