import Tokenization
import TokenizerEngine

extension AppModel {
  mutating func perform(generating command: TypedCommand, _ rest: String) -> [Effect] {
    // What concerns the working tokens is done on any screen.
    if ![.export, .undo, .redo].contains(command) { view = .generate }
    switch command {
    case .prompt:
      generate.prompt.input = TextInput(String(rest.prefix(PromptLine.longest)))
      return generate()
    case .box: return setBox(typed: rest)
    case .span: return setSpan(typed: rest)
    case .levels: return setLevels(typed: rest)
    case .steps:
      guard let value = Int(rest), (1...256).contains(value) else {
        return refuse("steps wants a number from 1 to 256, not “\(rest)”.")
      }
      generate.settings.steps = value
    case .temperature, .guidance, .topp: return setSampling(command, rest)
    case .seed:
      guard let value = UInt64(rest) else {
        return refuse("seed wants a whole number, not “\(rest)”.")
      }
      generate.settings.seed = value
    case .prior: generate.prior = rest.isEmpty || rest == "bundled" ? nil : rest
    case .gallery: return makeGallery(rest)
    case .region:
      guard let preset = RegionPreset(rawValue: rest) else {
        return refuse(
          "region is one of \(RegionPreset.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      use(preset)
    case .sampling:
      guard let preset = SamplingPreset(rawValue: rest) else {
        return refuse(
          "sampling is one of \(SamplingPreset.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      use(preset)
    case .wipe:
      guard let percent = Double(rest), (0...100).contains(percent) else {
        return refuse("wipe wants a percentage from 0 to 100, not “\(rest)”.")
      }
      (generate.comparison, generate.wipe) = (.wipe, percent / 100)
    case .export: return export(to: rest)
    case .accept: return acceptResult()
    case .undo: return undoAccept(back: true)
    case .redo: return undoAccept(back: false)
    default: break
    }
    return []
  }

  private mutating func makeGallery(_ rest: String) -> [Effect] {
    guard let count = rest.isEmpty ? Self.gallerySeeds : Int(rest), (1...9).contains(count) else {
      return refuse("gallery wants a number of seeds from 1 to 9, not “\(rest)”.")
    }
    generate.comparison = .gallery
    return generate(seeds: count)
  }

  private mutating func setBox(typed text: String) -> [Effect] {
    if text == "off" {
      generate.region.usesBox = false
      return []
    }
    guard let summary = clip.summary else {
      return refuse("No clip is open; open one with :open PATH.")
    }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let known = numbers.compactMap(\.self)
    guard numbers.count == 4, known.count == 4 else {
      return refuse("box wants x,y,w,h in pixels, or off, not “\(text)”.")
    }
    let box = PixelBox(x: known[0], y: known[1], width: known[2], height: known[3])
    if let fault = ClipRegion(box: box).problem(
      frames: summary.frameCount, width: summary.width, height: summary.height, levelCount: 4)
    {
      return refuse("No such region: \(fault).")
    }
    generate.region.box = box
    generate.region.usesBox = true
    return []
  }

  private mutating func setSpan(typed text: String) -> [Effect] {
    generate.region.spanStart = nil
    if text == "off" {
      generate.region.span = nil
      return []
    }
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], 0 <= start, start < end,
      end <= clip.frameCount
    else {
      return refuse(
        "span wants a:b, frames from a up to and without b, within 0:\(clip.frameCount), or off.")
    }
    generate.region.span = start..<end
    return []
  }

  private mutating func setLevels(typed text: String) -> [Effect] {
    let count = model?.strides.count ?? 4
    if text == "all" {
      generate.region.levels = Set(1...count)
      return []
    }
    let levels = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let known = Set(levels.compactMap(\.self))
    guard !known.isEmpty, levels.allSatisfy({ $0 != nil }), known.isSubset(of: Set(1...count))
    else {
      return refuse("levels wants numbers from 1 to \(count) such as 4,3, or all, not “\(text)”.")
    }
    generate.region.levels = known
    return []
  }

  private mutating func setSampling(_ command: TypedCommand, _ rest: String) -> [Effect] {
    guard let value = Double(rest) else {
      return refuse("\(command.rawValue) wants a number, not “\(rest)”.")
    }
    var settings = generate.settings
    switch command {
    case .temperature: settings.temperature = value
    case .topp: settings.topP = value
    default: settings.guidance = value
    }
    if let fault = settings.problem { return refuse("\(command.rawValue): \(fault).") }
    generate.settings = settings
    return []
  }
}
