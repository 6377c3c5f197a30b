import Foundation
import Tensors
import Tokenization
import TokenizerEngine
import VideoIO

/// Where what was made anew goes: a clip, a token file, or both.
struct RegenerationOutput {
  /// A clip by its ending, or tokens.
  let path: String
  /// A token file beside it.
  let tokens: String?

  private var isTokens: Bool { path.hasSuffix(".safetensors") }

  /// Throws for what cannot be written, before minutes of work.
  func check(inputs: [String]) throws {
    for path in [path] + (tokens.map { [$0] } ?? []) {
      try OutputPath.check(path, isNoneOf: inputs)
      if path.hasSuffix(".safetensors") { try OutputPath.checkFile(path) }
    }
    // One may be a link to the other.
    if let tokens { try OutputPath.check(tokens, isNoneOf: [path]) }
  }

  /// Lets `make` hand out all frames; nothing is left behind where it throws.
  func write(
    size tokens: ClipTokens, _ make: ((Frame) throws -> Void) throws -> RegenerationResult
  ) throws -> RegenerationResult {
    let result: RegenerationResult
    if isTokens {
      result = try make { _ in }
      try writeTokens(result)
      try undoingTokens { try result.tokens.write(to: path) }
    } else {
      let writer = try makeWriter(
        path: path, width: tokens.width, height: tokens.height,
        frameRate: Rational(tokens.frameRate.numerator, tokens.frameRate.denominator),
        times: tokens.times)
      result = try make { try writer.append($0) }
      try writeTokens(result)
      try undoingTokens { try writer.finish() }
    }
    return result
  }

  private func writeTokens(_ result: RegenerationResult) throws {
    if let tokens { try result.tokens.write(to: tokens) }
  }

  /// The tokens go again where what they lie beside cannot be written.
  private func undoingTokens(_ body: () throws -> Void) throws {
    do { try body() } catch {
      if let tokens { unlink(tokens) }
      throw error
    }
  }
}

extension RegenerationReport {
  var tokensRedrawn: Int { redrawn.reduce(0, +) }
  var tokensChanged: Int { changed.reduce(0, +) }

  /// One line for people.
  var line: String {
    let levels = changed.indices.reversed().map { "level \($0 + 1): \(changed[$0])" }
    var line =
      "\(tokensChanged) of \(tokensRedrawn) tokens changed (\(levels.joined(separator: ", ")))"
    if let before = changedOutsideBeforeBlending, let after = changedOutside {
      line +=
        ", outside \(fixed(before * 100, 3)) % of \(outsidePixels) pixels, "
        + "\(fixed(after * 100, 3)) % after blending"
    }
    return line + ", \(fixed(seconds, 1)) s"
  }
}

extension JSONObject {
  mutating func set(_ report: RegenerationReport) {
    set("tokens_redrawn", report.tokensRedrawn)
    set("tokens_changed", report.tokensChanged)
    set(
      "levels",
      report.redrawn.indices.map { index in
        JSONObject {
          $0.set("level", index + 1)
          $0.set("tokens_redrawn", report.redrawn[index])
          $0.set("tokens_changed", report.changed[index])
        }
      })
    let note = "no pixels outside"
    set("changed_outside_fraction", report.changedOutside, note: note)
    set(
      "changed_outside_fraction_before_blending", report.changedOutsideBeforeBlending, note: note)
    set("outside_pixels", report.outsidePixels)
    set("unknown_words", report.unknownWords)
    set("seconds", report.seconds)
  }
}
