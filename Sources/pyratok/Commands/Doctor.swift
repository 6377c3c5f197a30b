import ArgumentParser
import TokenizerEngine

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What works on this machine and in this terminal, and what to do about the rest.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    let checks = TerminalCheck.all + SystemCheck.all(model: common.model)
    guard json.isOn else {
      return try StandardOutput.writeLine(checks.map(text).joined(separator: "\n"))
    }
    let items = checks.map { check in
      JSONObject {
        $0.set("name", check.name)
        $0.set("ok", check.isFine)
        $0.set("detail", check.detail)
        $0.set("remedy", check.isFine ? nil : check.remedy)
      }
    }
    try StandardOutput.writeLine(JSONObject { $0.set("checks", items) })
  }

  private func text(_ check: SystemCheck) -> String {
    let name = check.name.padding(toLength: 26, withPad: " ", startingAt: 0)
    return "\(check.isFine ? "ok  " : "MISS") \(name)\(check.detail)"
      + (check.remedy.isEmpty ? "" : "\n     \(check.remedy)")
  }
}
