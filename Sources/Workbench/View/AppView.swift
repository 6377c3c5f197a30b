import TokenizerEngine

/// Draws the whole model; the same for the terminal, tests and snapshots.
package struct AppView {
  let model: AppModel
  let context: DrawingContext
  let memory: PictureMemory?

  /// `memory` keeps the pictures of the screen before, while one is shown after the other.
  package init(model: AppModel, context: DrawingContext, memory: PictureMemory? = nil) {
    self.model = model
    self.context = context
    self.memory = memory
  }

  package func draw(on screen: inout Screen) {
    let layout = AppLayout(size: screen.size)
    let drawing = FrameDrawing(
      look: model.look, context: context, isPlaying: model.clip.playback.isPlaying,
      memory: memory)
    screen.fill(screen.bounds)
    switch model.view {
    case .clip:
      ClipView(model: model, context: context, drawing: drawing).draw(
        on: &screen, in: layout.content)
    case .tokens:
      TokensView(model: model, context: context, drawing: drawing).draw(
        on: &screen, in: layout.content)
    case .codebook:
      CodebookView(model: model, context: context, drawing: drawing).draw(
        on: &screen, in: layout.content)
    case .train:
      TrainView(model: model, context: context, drawing: drawing).draw(
        on: &screen, in: layout.content)
    case .generate:
      GenerateView(model: model, context: context, drawing: drawing).draw(
        on: &screen, in: layout.content)
    }
    HeaderView(model: model).draw(on: &screen, layout: layout)
    StatusView(model: model, context: context).draw(on: &screen, in: layout.status)
    FooterView(model: model).draw(on: &screen, in: layout.footer)
    switch model.overlay {
    case .help(let filter, let scroll):
      HelpView(filter: filter, scroll: scroll, view: model.view).draw(on: &screen)
    case .palette(let query, let selection):
      PaletteView(model: model, query: query, selection: selection).draw(on: &screen)
    case .command(let line): CommandView(model: model, line: line).draw(on: &screen, layout: layout)
    case nil: break
    }
  }

  /// A screen of the model's size.
  package func screen() -> Screen {
    var screen = Screen(size: model.size)
    draw(on: &screen)
    return screen
  }
}
