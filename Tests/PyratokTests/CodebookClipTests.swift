import Foundation
import TestSupport
import Testing

/// What `codebook` knows of a clip beyond its codes.
@Suite(.serialized)
struct CodebookClipTests {
  @Test func aClipTellsItsValuesBeforeTheSign() throws {
    let place = try Workplace(frames: 5)
    let result = try Program.run("codebook", place.clip, "--model", place.model.path, "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    let levels = try #require(fields["levels"] as? [[String: Any]])
    let tokens = try #require(levels.first?["tokens"] as? Int)
    let latents = try #require(levels.first?["latents"] as? [String: Any])
    #expect(latents["values"] as? Int == 16 * tokens && latents["slope"] as? Double == 6)
    let reach = try #require(latents["in_reach"] as? Double)
    #expect(reach > 0.3 && reach < 1)
    let stage = try #require((latents["stages"] as? [[String: Any]])?.first)
    // z has a root mean square of 1.
    #expect(abs((stage["residual_rms_before"] as? Double ?? 0) - 1) < 0.01)
    #expect(fields["leak"] as? Double == 0)
    let notices = try #require(fields["notices"] as? [[String: Any]])
    let text = notices.compactMap { $0["text"] as? String }.joined()
    #expect(text.contains("first 5 frames") && text.contains("with the quantizer off"))
    // Two figures, of which the second is not the first again.
    let decibels = text.components(separatedBy: " dB").dropLast().compactMap {
      $0.split(separator: " ").last.flatMap { Double($0) }
    }
    #expect(decibels.count == 2 && decibels.first != decibels.last)
  }
}
