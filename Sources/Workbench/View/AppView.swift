import TokenizerEngine

/// Draws the whole model; the same for the terminal, tests and snapshots.
package struct AppView {
  let model: AppModel
  let theme: Theme

  package init(model: AppModel, theme: Theme) {
    self.model = model
    self.theme = theme
  }

  package func draw(on screen: inout Screen) {
    let layout = AppLayout(size: screen.size)
    screen.fill(screen.bounds)
    switch model.view {
    case .clip: ClipView(model: model, theme: theme).draw(on: &screen, in: layout.content)
    case .tokens: TokensView(model: model, theme: theme).draw(on: &screen, in: layout.content)
    case .codebook: CodebookView(model: model, theme: theme).draw(on: &screen, in: layout.content)
    }
    HeaderView(model: model).draw(on: &screen, layout: layout)
    StatusView(model: model).draw(on: &screen, in: layout.status)
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
