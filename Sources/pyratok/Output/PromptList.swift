import Foundation
import Tensors
import Tokenization

/// One thing that is to be made, from a line of a file or from the command line.
struct PromptEntry {
  /// What messages and results call it.
  var name: String
  var prompt: String
  var region: ClipRegion
  var seed: UInt64
}

/// A file of prompts: a line is a prompt, or a JSON object with `prompt` and, where they differ from
/// the command line's, `box` [x,y,w,h], `span` [a,b], `levels` […] and `seed`.
enum PromptList {
  private struct Line: Decodable {
    let prompt: String
    let box: [Int]?
    let span: [Int]?
    let levels: [Int]?
    let seed: UInt64?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case prompt
      case box
      case span
      case levels
      case seed
    }
  }

  /// The fields of an object, whatever they hold.
  private struct Fields: Decodable {
    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    let unknown: String?

    init(from decoder: any Decoder) throws {
      let names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
      let known = Line.CodingKeys.allCases.map(\.stringValue)
      unknown = names.filter { !known.contains($0) }.min()
    }
  }

  /// Throws one line that names the file, and the line where one is wrong.
  static func read(_ path: String, region: ClipRegion, seed: UInt64) throws -> [PromptEntry] {
    let bytes = try WholeFile.read(path, limit: 16 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError.badPrompts(path, reason: "it is not UTF-8 text")
    }
    var entries: [PromptEntry] = []
    // The two bytes of a line's end as others write it are one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in lines.enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty { continue }
      do {
        var entry = try entry(of: line, region: region, seed: seed)
        entry.name = "line \(number + 1)"
        entries.append(entry)
      } catch let fault as Fault {
        throw CommandError.badPrompts(path, reason: "line \(number + 1): \(fault.reason)")
      }
    }
    if entries.isEmpty { throw CommandError.badPrompts(path, reason: "there is no prompt in it") }
    return entries
  }

  private struct Fault: Error { let reason: String }

  private static func entry(
    of line: String, region: ClipRegion, seed: UInt64
  ) throws -> PromptEntry {
    guard line.hasPrefix("{") else {
      return PromptEntry(name: "", prompt: line, region: region, seed: seed)
    }
    let fields = try? JSONDecoder().decode(Fields.self, from: Data(line.utf8))
    if let unknown = fields?.unknown {
      let nearest = NearestName.find(unknown, in: Line.CodingKeys.allCases.map(\.stringValue))
      throw Fault(
        reason: "there is no field \(unknown.quotedForMessage); did you mean “\(nearest)”?")
    }
    guard let read = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
      throw Fault(
        reason: "it is no JSON object with “prompt” and lists of whole numbers for “box”, “span”, "
          + "“levels”")
    }
    var region = region
    if let box = read.box {
      let text = box.map(String.init).joined(separator: ",")
      guard let box = PixelBox(argument: text) else { throw Fault(reason: "“box” is [x,y,w,h]") }
      region.box = box
    }
    if let span = read.span {
      guard span.count == 2, span[0] <= span[1] else { throw Fault(reason: "“span” is [a,b]") }
      region.span = span[0]..<span[1]
    }
    if let levels = read.levels { region.levels = Set(levels) }
    return PromptEntry(name: "", prompt: read.prompt, region: region, seed: read.seed ?? seed)
  }
}
