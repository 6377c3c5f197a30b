import Tokenization
import TokenizerEngine

/// A sentence, the part of the clip that it is about, and what came of it.
struct GenerateView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let layout = GenerateLayout(model: model, content: rect) else {
      return drawEmpty(on: &screen, in: rect)
    }
    GeneratePromptView(prompt: model.generate.prompt).draw(on: &screen, in: layout.prompt)
    RegionLine(model: model).draw(on: &screen, in: layout.region)
    GeneratePicturesView(model: model, context: context, drawing: drawing)
      .draw(on: &screen, layout: layout)
    drawGrids(layout.grids, on: &screen)
    GenerateSettingsView(generate: model.generate).draw(on: &screen, in: layout.settings)
    GenerateResultsView(model: model, context: context).draw(on: &screen, in: layout.results)
    GenerateDetailsView(model: model).draw(on: &screen, in: layout.details)
    TimelineView(model: model).draw(on: &screen, layout: layout.timeline)
  }

  private func drawGrids(_ places: [RegionGridPlace], on screen: inout Screen) {
    guard let summary = model.clip.summary, let strides = model.model?.strides else { return }
    let geometry = TokenGeometry(strides: strides.map { [$0.t, $0.y, $0.x] })
    let padded = geometry.padded(
      frames: summary.frameCount, width: summary.width, height: summary.height)
    let region = model.generate.region.region(
      frames: summary.frameCount, levelCount: strides.count)
    for place in places {
      guard let grid = model.tokens.pyramid?[level: place.level] else { continue }
      RegionGridView(
        model: model, grid: grid, place: place,
        mask: region.mask(level: place.level, geometry: geometry, padded: padded),
        theme: context.theme, isPlain: model.look.usesLetters
      ).draw(on: &screen)
    }
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    let isOpening = model.jobs.contains { $0.kind == .opening }
    let lines =
      isOpening
      ? ["opening \(model.request?.name ?? "") …"]
      : [
        "No clip is open.", "", ":open PATH opens one; then a sentence makes a part of it anew.",
      ]
    for (row, line) in lines.enumerated() {
      screen.put(
        line, in: rect, row: max(0, rect.height / 2 - lines.count / 2) + row,
        style: Style(.secondary), alignment: .centre)
    }
  }
}

/// The line in which the sentence stands.
struct GeneratePromptView {
  let prompt: PromptLine

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    let hint =
      prompt.isTyping
      ? "what this part shows: a blue square moves to the left"
      : "r writes what this part should show"
    if prompt.isTyping {
      return screen.draw(prompt.input, prompt: " › ", in: rect, hint: hint)
    }
    screen.fill(rect, style: Style(.text, on: .inputField))
    let used = screen.put(
      " › ", x: rect.x, y: rect.y, style: Style(.secondary, on: .inputField), limit: rect.width)
    let isEmpty = prompt.input.text.trimmed.isEmpty
    let keys = isEmpty ? "" : "g makes it, r rewrites it "
    let room = rect.width - used - keys.columns - 1
    screen.put(
      isEmpty ? hint : prompt.input.text, x: rect.x + used, y: rect.y,
      style: Style(isEmpty ? .secondary : .title, on: .inputField, isEmpty ? [] : .bold),
      limit: room >= 20 ? room : rect.width - used)
    guard room >= 20 else { return }
    screen.put(
      keys, x: rect.maxX - keys.columns, y: rect.y, style: Style(.secondary, on: .inputField))
  }
}

/// Steps, temperature and the like, one a row.
struct GenerateSettingsView {
  let generate: GenerateModel

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 2, rect.width >= 12 else { return }
    let isFocused = generate.part == .settings
    let below = TrainHeading.draw(
      "sampling", note: isFocused ? "↑↓ ←→" : presetName, isFocused: isFocused, on: &screen,
      in: rect)
    for (row, setting) in SamplingSetting.allCases.prefix(below.height).enumerated() {
      let isChosen = isFocused && generate.setting == setting
      let surface: ThemeRole = isChosen ? .selection : .background
      let line = Rect(x: below.x, y: below.y + row, width: below.width, height: 1)
      if isChosen { screen.fill(line, style: Style(.text, on: surface)) }
      screen.put(
        setting.rawValue, x: line.x + 1, y: line.y,
        style: Style(isChosen ? .selectionText : .secondary, on: surface), limit: line.width - 1)
      screen.put(
        setting.text(generate.settings), x: line.x + 13, y: line.y,
        style: Style(isChosen ? .selectionText : .text, on: surface, .bold),
        limit: max(0, line.width - 13))
      guard line.width >= 20 + setting.meaning.columns else { continue }
      screen.put(
        setting.meaning, x: line.x + 20, y: line.y,
        style: Style(isChosen ? .selectionText : .secondary, on: surface))
    }
  }

  private var presetName: String {
    let preset = SamplingPreset.allCases.first { preset in
      var settings = preset.settings
      settings.seed = generate.settings.seed
      return settings == generate.settings
    }
    return preset.map { "\($0.rawValue), P" } ?? "own, P"
  }
}
