import TokenizerEngine

/// Everything on screen, nothing else.
package struct AppModel: Equatable, Sendable {
  package var size: Size
  package var view = ViewName.clip
  package var clip = ClipModel()
  package var tokens = TokensModel()
  package var codebook = CodebookModel()
  package var train = TrainModel()
  package var generate = GenerateModel()
  package var model: ModelSummary?
  package var modelFault: String?
  /// Why the last clip could not be opened.
  package var openingFault: String?
  package var jobs: [Job] = []
  package var overlay: Overlay?
  package var notice: Notice?
  package var look = Look()
  package var presenter = PresenterFigures()
  /// In seconds; set before every message that may need it.
  package var clock = 0.0
  package var caption: String?
  /// What is lit on every screen.
  package var brush: Brush?
  package var index: IndexModel?
  var pendingPlace: PendingPlace?
  var request: ClipRequest?
  var modelPath: String?
  var nextJob = 1
  var drag: DragTarget?
  var pendingRedraw: PendingRedraw?
  /// The frame last asked of the decoder.
  var askedFrame: Int?
  package var isQuitting = false

  package init(size: Size) { self.size = size }
}

/// The screens, in the order of their keys.
package enum ViewName: String, CaseIterable, Equatable, Sendable {
  case clip
  case tokens
  case codebook
  case train
  case generate

  package var title: String {
    switch self {
    case .clip: "Clip"
    case .tokens: "Tokens"
    case .codebook: "Codebook"
    case .train: "Train"
    case .generate: "Generate"
    }
  }

  /// For tabs in narrow windows.
  var shortTitle: String {
    switch self {
    case .clip: "Clip"
    case .tokens: "Tok"
    case .codebook: "Code"
    case .train: "Train"
    case .generate: "Gen"
    }
  }
}

extension AppModel {
  /// The one in the status row, which is the one that `x` cancels.
  package var shownJob: Job? {
    // Whoever looks at another screen asks about that one first.
    let order: [Job.Kind] =
      view == .generate
      ? [
        .exporting, .regenerating, .tokenizing, .opening, .measuring, .comparing, .redrawing,
        .loadingModel,
      ]
      : [
        .exporting, .searching, .tokenizing, .regenerating, .opening, .measuring, .comparing,
        .redrawing, .openingIndex, .loadingModel,
      ]
    return order.lazy.compactMap { kind in
      kind == .regenerating ? self.runningRegeneration : self.jobs.last { $0.kind == kind }
    }.first
  }

  /// The one that the engine works on; the others of its kind wait.
  private var runningRegeneration: Job? {
    let running = generate.results.first { $0.progress != nil } ?? generate.queue.first
    return running.flatMap { result in jobs.first { $0.id == result.id } }
  }
}

/// Background work as the status row shows it.
package struct Job: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case loadingModel
    case opening
    case tokenizing
    case redrawing
    case regenerating
    case exporting
    case measuring
    case openingIndex
    case searching
    case comparing
  }

  package var id: JobID
  package var kind: Kind
  /// What it works on, where that is not the clip on screen.
  package var subject: String?
  package var progress: JobProgress?

  package var title: String {
    switch kind {
    case .loadingModel: "loading the model"
    case .opening: "opening " + (subject ?? "the clip")
    case .tokenizing: "tokenizing"
    case .redrawing: "decoding"
    case .regenerating: "making it anew"
    case .exporting: "writing " + (subject ?? "")
    case .measuring: "measuring levels"
    case .openingIndex: "opening the index"
    case .searching: "searching the index"
    case .comparing: "comparing with " + (subject ?? "")
    }
  }
}

/// One line for the person at the keyboard.
package struct Notice: Equatable, Sendable {
  package var text: String
  package var isError: Bool
  /// On the model's clock; errors stay until the next key.
  package var until: Double?
}

/// How things look; the terminal follows it.
package struct Look: Equatable, Sendable {
  package var theme = "dark"
  package var themes: [String] = ["dark", "light"]
  package var pictures = PictureMode.half
  package var symbols = SymbolSet.braille
  package var isMonochrome = false

  /// Whether tokens are letters: no colours, or no halves of cells to show them in.
  var usesLetters: Bool { isMonochrome || symbols == .ascii }
}

/// What the presenter measured while playing.
package struct PresenterFigures: Equatable, Sendable {
  package var framesPerSecond = 0.0
  package var bytesPerSecond = 0.0
  package var droppedFrames = 0
  /// Whether frames are drawn less often or in fewer colours than they could be.
  package var isLinkSlow = false
}

/// What the mouse holds.
enum DragTarget: Equatable, Sendable {
  case timeline
  /// The first frame of a span.
  case span(Int)
  case wipe
  /// A box of tokens, from the cursor on.
  case tokens
  /// A box is drawn from this pixel on.
  case box(x: Int, y: Int, PixelCanvas)
}

/// Cells that stand for the clip's picture, as a picture of it or as a grid of its tokens.
struct PixelCanvas: Equatable, Sendable {
  var cells: Rect
  /// The pixels that the cells stand for together.
  var width: Int
  var height: Int

  /// The pixels of a cell; beyond the canvas those of the nearest one.
  func pixels(x: Int, y: Int) -> (columns: Range<Int>, rows: Range<Int>) {
    let column = min(max(0, x - cells.x), cells.width - 1)
    let row = min(max(0, y - cells.y), cells.height - 1)
    return (
      column * width / cells.width..<max(1, (column + 1) * width / cells.width),
      row * height / cells.height..<max(1, (row + 1) * height / cells.height)
    )
  }
}

/// The decoding that was asked for, so that it is not asked for twice.
struct PendingRedraw: Equatable, Sendable {
  var job: JobID
  var frame: Int
  var mutes: Mutes
}

/// What lies over the screen and takes the keys.
package enum Overlay: Equatable, Sendable {
  case help(filter: String, scroll: Int)
  case palette(query: String, selection: Int)
  case command(CommandLine)
}

/// The line after ":".
package struct CommandLine: Equatable, Sendable {
  package var text = ""
  /// Which completion is chosen, if any.
  package var selection: Int?
}
