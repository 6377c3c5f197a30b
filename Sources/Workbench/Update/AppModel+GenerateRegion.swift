import Tokenization
import TokenizerEngine

extension AppModel {
  /// What one press moves, in pixels: the width of the finest token.
  var regionGrain: Int { model?.strides.first?.x ?? 8 }

  /// Of a clip longer than twice this only so many frames are chosen at first: all of them would
  /// take minutes.
  private static let firstFrames = 17

  /// A first region for a clip that was just opened.
  mutating func fitRegion(to summary: ClipSummary) {
    generate.region.fit(width: summary.width, height: summary.height, grain: regionGrain)
    if summary.frameCount > 2 * Self.firstFrames { generate.region.span = 0..<Self.firstFrames }
  }

  /// By an arrow key: the place of the box, or its size.
  mutating func moveBox(columns: Int, rows: Int, isSizing: Bool) {
    guard let summary = clip.summary else { return }
    generate.region.usesBox = true
    let grain = regionGrain
    var box = generate.region.box
    if isSizing {
      box.width += columns * grain
      box.height += rows * grain
    } else {
      box.x = min(max(0, box.x + columns * grain), summary.width - box.width)
      box.y = min(max(0, box.y + rows * grain), summary.height - box.height)
    }
    setBox(box)
  }

  /// The box at all four sides, by one token.
  mutating func growBox(by steps: Int) {
    generate.region.usesBox = true
    let grain = regionGrain * steps
    var box = generate.region.box
    // A box that has come down to a token stays where it is.
    guard min(box.width, box.height) + 2 * grain >= regionGrain else { return }
    box.x -= grain
    box.y -= grain
    box.width += 2 * grain
    box.height += 2 * grain
    setBox(box)
  }

  /// Cut at the frame, and never empty.
  mutating func setBox(_ wanted: PixelBox) {
    guard let summary = clip.summary else { return }
    let left = min(max(0, wanted.x), summary.width - 1)
    let top = min(max(0, wanted.y), summary.height - 1)
    let least = min(regionGrain, summary.width, summary.height)
    let right = min(summary.width, max(wanted.x + wanted.width, left + least))
    let bottom = min(summary.height, max(wanted.y + wanted.height, top + least))
    let (x, y) = (min(left, right - least), min(top, bottom - least))
    generate.region.box = PixelBox(x: x, y: y, width: right - x, height: bottom - y)
    generate.region.usesBox = true
  }

  /// First where the span begins, then where it ends, then all frames again.
  mutating func markSpan() {
    guard clip.frameCount > 0 else { return }
    let frame = clip.playhead
    if let start = generate.region.spanStart {
      generate.region.spanStart = nil
      generate.region.span = min(start, frame)..<max(start, frame) + 1
      say("Frames \(min(start, frame)) to \(max(start, frame)); m again takes all")
    } else if generate.region.span != nil {
      generate.region.span = nil
      say("All frames")
    } else {
      generate.region.spanStart = frame
      say("From frame \(frame); go on and press m again for the end")
    }
  }

  mutating func toggleRegionLevel(_ level: Int) {
    if generate.region.levels.remove(level) == nil {
      generate.region.levels.insert(level)
    } else if generate.region.levels.isEmpty {
      generate.region.levels.insert(level)
      say("One level has to be made anew.")
    }
  }

  mutating func use(_ preset: RegionPreset) {
    let levels = model?.strides.count ?? 4
    generate.region.spanStart = nil
    generate.region.span = nil
    generate.region.levels = Set(1...levels)
    generate.region.usesBox = true
    switch preset {
    case .box: break
    case .whole: generate.region.usesBox = false
    case .ending:
      generate.region.usesBox = false
      generate.region.span = clip.frameCount / 2..<max(1, clip.frameCount)
    case .coarse: generate.region.levels = Set(Array(1...levels).suffix(max(1, levels / 2)))
    case .fine: generate.region.levels = Set(Array(1...levels).prefix(max(1, levels / 2)))
    }
    say("Region: \(preset.title)")
  }

  /// The one behind the one that is chosen now.
  mutating func nextRegionPreset() {
    let all = RegionPreset.allCases
    let now = all.firstIndex { preset in
      var other = self
      other.use(preset)
      return other.generate.region == generate.region
    }
    use(all[((now ?? -1) + 1) % all.count])
  }

  mutating func nextSamplingPreset() {
    let all = SamplingPreset.allCases
    let now = all.firstIndex { preset in
      var settings = preset.settings
      settings.seed = generate.settings.seed
      return settings == generate.settings
    }
    use(all[((now ?? -1) + 1) % all.count])
  }

  /// The seed stays.
  mutating func use(_ preset: SamplingPreset) {
    let seed = generate.settings.seed
    generate.settings = preset.settings
    generate.settings.seed = seed
    say("Sampling: \(preset.title)")
  }
}
