import Foundation
import Tensors
import TestSupport
import Testing

/// Each command once, as a process, on a clip that it made itself.
@Suite(.serialized)
struct CommandTests {
  @Test func versionNamesProgramLibrariesProcessorAndModel() throws {
    let model = try TinyModel()
    let result = try Program.run("--version", "--json", "--model", model.path)
    #expect(result.code == 0)
    let fields = try result.json()
    #expect(fields["version"] as? String == "0.1.0")
    #expect((fields["libraries"] as? [String])?.contains { $0.hasPrefix("libavcodec") } == true)
    #expect((fields["model_sha256"] as? String)?.count == 64)
    #expect(try Program.run("--version").output.hasPrefix("pyratok 0.1.0\n"))
  }

  @Test func theSameSeedMakesTheSameSamples() throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    let arguments = ["--count", "2", "--frames", "5", "--size", "32", "--seed", "7", "--json"]
    let result = try Program.start(["samples", "-o", first.path] + arguments).wait()
    _ = try Program.start(["samples", "-o", second.path] + arguments).wait()
    #expect(result.code == 0)
    let clips = try #require(try result.json()["clips"] as? [[String: Any]])
    #expect(clips.count == 2)
    for clip in clips {
      let path = try #require(clip["path"] as? String)
      #expect(path.hasPrefix("/"))
      #expect((clip["caption"] as? String)?.isEmpty == false)
      #expect((clip["objects"] as? [[String: Any]])?.isEmpty == false)
      #expect(clip["actions"] is [[String: Any]])
      let masks = try NumpyFile.read(try #require(clip["masks"] as? String))
      #expect(masks.array.shape == [5, 32, 32])
      let name = URL(fileURLWithPath: path).lastPathComponent
      #expect(
        FileManager.default.contentsEqual(atPath: path, andPath: second.file(name)), "\(name)")
    }
  }

  @Test func tokensComeBackAsTheSameFramesInEveryLosslessForm() throws {
    let place = try Workplace()
    let tokens = place.folder.file("t.safetensors")
    let result = try Program.run(
      "tokenize", place.clip, "-o", tokens, "--model", place.model.path, "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect(fields["frames"] as? Int == 9)
    #expect(fields["width"] as? Int == 48)
    #expect(fields["frame_rate"] as? Double == 12)
    #expect((fields["peak_rss_bytes"] as? Int ?? 0) > 1_000_000)
    #expect((fields["skipped"] as? [Any])?.isEmpty == true)
    let levels = try #require(fields["levels"] as? [[String: Any]])
    #expect(
      levels.map { $0["grid"] as? [Int] } == [[5, 8, 8], [3, 8, 8], [3, 4, 4], [3, 2, 2]])
    #expect(levels.map { $0["bits"] as? Int } == [16, 16, 16, 16])
    let stored = 5 * 64 + 3 * 64 + 3 * 16 + 3 * 4
    let rate = try #require(fields["bits_per_pixel"] as? Double)
    #expect(abs(rate - Double(16 * stored) / Double(9 * 48 * 48)) < 1e-12)

    for name in ["out.npy", "out.mkv"] {
      let back = try Program.run(
        "detokenize", tokens, "-o", place.folder.file(name), "--model", place.model.path, "--json")
      #expect(back.code == 0, "\(back.error)")
      #expect(try back.json()["frames"] as? Int == 9)
    }
    let pixels = try NumpyFile.read(place.folder.file("out.npy")).array
    #expect(pixels.shape == [9, 48, 48, 3])
    // The lossless file holds the same picture: tokenizing both again gives the same tokens.
    let again = place.folder.file("again.safetensors")
    _ = try Program.run(
      "tokenize", place.folder.file("out.mkv"), "-o", again, "--model", place.model.path)
    #expect(FileManager.default.fileExists(atPath: again))
  }

  @Test func severalClipsGiveAFileEachAndExistingOnesStay() throws {
    let place = try Workplace()
    let target = place.folder.file("tokens")
    let first = try Program.run(
      "tokenize", place.clip, place.folder.file("missing.mp4"), "-o", target, "--model",
      place.model.path, "--json")
    #expect(first.code == 0)
    #expect((try first.json()["skipped"] as? [[String: Any]])?.count == 1)
    #expect((try first.json()["clips"] as? [[String: Any]])?.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: target).count == 1)
    let second = try Program.run(
      "tokenize", place.clip, "-o", target, "--model", place.model.path, "--json")
    #expect(second.code == 0)
    let skipped = try #require(try second.json()["skipped"] as? [[String: Any]])
    #expect((skipped.first?["reason"] as? String)?.contains("there already") == true)
  }

  @Test func clipsWhoseNamesDifferInTheEndingAloneGiveTwoFiles() throws {
    let place = try Workplace(frames: 1, size: 32)
    let other = place.folder.file("world-0-0.avi")
    try FileManager.default.copyItem(atPath: place.clip, toPath: other)
    let target = place.folder.file("tokens")
    let result = try Program.run(
      "tokenize", place.clip, other, "-o", target, "--model", place.model.path)
    #expect(result.code == 0, "\(result.error)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: target).sorted()
        == ["world-0-0.avi.safetensors", "world-0-0.mkv.safetensors"])
  }

  @Test func reconstructionIsJudgedPerClipAndOnAverage() throws {
    let place = try Workplace()
    let result = try Program.run(
      "evaluate", "reconstruction", place.clip, "--frames", "5", "--model", place.model.path,
      "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    let clip = try #require((fields["clips"] as? [[String: Any]])?.first)
    let mean = try #require(fields["mean"] as? [String: Any])
    for name in ["psnr_db", "ssim", "bits_per_pixel"] {
      #expect(clip[name] is Double)
      #expect(mean[name] as? Double == clip[name] as? Double)
    }
    #expect((fields["convention"] as? String)?.contains("peak 255") == true)
  }

  @Test func framesSmallerThanTheWindowHaveNoSSIMAndAReason() throws {
    let place = try Workplace(frames: 1, size: 8)
    let result = try Program.run(
      "evaluate", "reconstruction", place.clip, "--model", place.model.path, "--json")
    let clip = try #require((try result.json()["clips"] as? [[String: Any]])?.first)
    #expect(clip["ssim"] is NSNull)
    #expect((clip["ssim_note"] as? String)?.contains("window") == true)
  }

  @Test func inspectListsEveryTensor() throws {
    let model = try TinyModel()
    let result = try Program.run("inspect", model.path, "--json")
    #expect(result.code == 0, "\(result.error)")
    let fields = try result.json()
    #expect(fields["architecture"] as? String == "pyratok")
    let tensors = try #require(fields["tensors"] as? [[String: Any]])
    let count = tensors.reduce(0) { $0 + (($1["shape"] as? [Int]) ?? []).reduce(1, *) }
    #expect(fields["parameters"] as? Int == count)
    #expect((fields["config"] as? [String: Any])?["name"] as? String == "tiny")
    #expect((fields["sha256"] as? String)?.count == 64)
  }

  @Test func doctorChecksAndSaysWhatToDo() throws {
    let result = try Program.run("doctor", "--json", "--model", "/nowhere")
    #expect(result.code == 0)
    let checks = try #require(try result.json()["checks"] as? [[String: Any]])
    let model = try #require(checks.first { $0["name"] as? String == "model" })
    #expect(model["ok"] as? Bool == false)
    #expect((model["remedy"] as? String)?.isEmpty == false)
    // A pipe has no terminal, and that is no fault.
    let terminal = try #require(checks.first { $0["name"] as? String == "terminal" })
    #expect(terminal["ok"] as? Bool == true)
    #expect((terminal["detail"] as? String)?.hasPrefix("not a terminal (piped)") == true)
    #expect(checks.first { $0["name"] as? String == "colours" }?["ok"] as? Bool == true)
  }

  @Test func completionsComeForTheUsualShells() throws {
    for shell in ["bash", "zsh", "fish"] {
      let result = try Program.run("--generate-completion-script", shell)
      #expect(result.code == 0)
      #expect(result.output.contains("detokenize"))
    }
  }
}
