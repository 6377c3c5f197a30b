import Foundation
import Testing

@testable import Workbench

struct ThemeTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("themes").path

  private static let files =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

  @Test(arguments: files)
  func everyBundledThemeHasEveryRoleAndIsReadable(file: String) throws {
    let theme = try ThemeFile.read("\(Self.folder)/\(file)")
    let texts: [ThemeRole] = [
      .text, .secondary, .title, .hotKey, .accent, .success, .information, .warning, .error,
      .playhead, .mark, .level1, .level2, .level3, .level4, .series1, .series2, .series3, .series4,
      .series5, .series6,
    ]
    for text in texts {
      for surface in [ThemeRole.background, .panel, .popup] {
        let contrast = theme[text].contrast(with: theme[surface])
        #expect(contrast >= 4.5, "\(file): \(text) on \(surface) is \(contrast)")
      }
    }
    #expect(theme[.selectionText].contrast(with: theme[.selection]) >= 4.5)
    #expect(theme[.text].contrast(with: theme[.inputField]) >= 4.5)
    #expect(theme[.secondary].contrast(with: theme[.inputField]) >= 4.5)
  }

  @Test
  func theCompiledInThemesAreTheFiles() throws {
    #expect(Self.files.contains("dark.theme") && Self.files.contains("light.theme"))
    for theme in ThemeLibrary.builtIn {
      #expect(try ThemeFile.read("\(Self.folder)/\(theme.name).theme") == theme)
    }
    #expect(Theme.light.isLight && !Theme.dark.isLight)
  }

  @Test
  func aWrongThemeIsRefusedByName() {
    let whole = ThemeRole.ordered.map { "\($0.rawValue) = \"#123456\"" }
    func problem(_ lines: [String]) -> String {
      do {
        _ = try ThemeFile.parse(lines.joined(separator: "\n"), name: "x", path: "x.theme")
        return "none"
      } catch { return "\(error)" }
    }
    #expect(problem(whole) == "none")
    #expect(problem(Array(whole.dropFirst())) == "x.theme: the role \"background\" is missing.")
    #expect(
      problem(whole + ["bakground = \"#000000\""])
        == "x.theme:\(whole.count + 1): there is no role \"bakground\"; the nearest is "
        + "\"background\".")
    #expect(problem(["text = \"red\""]) == "x.theme:1: write text = \"#RRGGBB\".")
  }

  @Test
  func rolesKeepTheirPlaceInTheList() {
    for (place, role) in ThemeRole.allCases.enumerated() {
      #expect(role.index == place)
      #expect(Color.role(role).kind == .role(role))
    }
  }

  @Test
  func nearestColoursAreTheColoursThemselves() {
    for index in 16..<256 {
      let color = Palette256.colors[index]
      #expect(Palette256.colors[Int(NearestColor.palette256(color))] == color)
    }
    #expect(OKLab(RGB(12, 200, 99)).rgb == RGB(12, 200, 99))
    #expect(abs(RGB(255, 255, 255).contrast(with: RGB(0, 0, 0)) - 21) < 0.01)
  }

  @Test
  func gradientsBeginAndEndAtTheirStops() {
    let gradient = Gradient(stops: [RGB(10, 20, 30), RGB(200, 100, 50)])
    #expect(gradient.color(at: -1) == RGB(10, 20, 30))
    #expect(gradient.color(at: .nan) == RGB(10, 20, 30))
    #expect(gradient.color(at: 2) == RGB(200, 100, 50))
    let light = Gradient.cividis.colors.map(\.luminance)
    #expect(zip(light, light.dropFirst()).allSatisfy { $0 <= $1 + 0.002 })
  }
}
