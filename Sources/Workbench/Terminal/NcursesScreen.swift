import CNcurses
import CTerminal
import Glibc

/// The ncurses screen: takes cells, composes what changed, into a file in memory.
///
/// ncurses writes a frame in dozens of small pieces; here they meet in memory, and the terminal
/// gets them in one. ncurses is global state of the process and belongs to the main thread.
final class NcursesScreen {
  private let screen: OpaquePointer
  private let memory: Int32
  private let isUTF8: Bool
  private var bytes: [UInt8] = []
  private var row: [nc_cell] = []
  private var scratch: [cchar_t] = []
  private var shown: Screen?
  private var isRepainting = true

  /// Nil if ncurses refuses every description it is given.
  init?(description: TerminalDescription, size: Size, usesOwnDescription: Bool = true) {
    memory = ct_memory_file("frame")
    guard memory >= 0 else { return nil }
    isUTF8 = description.isUTF8
    let terminfo = PrivateTerminfo(hasAxisAddressing: description.hasAxisAddressing)
    let before = getenv("TERMINFO").map { String(cString: $0) }
    setenv("TERMINFO", terminfo.environmentValue, 1)
    let opened = usesOwnDescription ? nc_open(PrivateTerminfo.name, memory) : nil
    if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
    guard let screen = opened ?? nc_open("xterm-256color", memory) else { return nil }
    self.screen = screen
    resize(size)
    // What ncurses says on opening is said by the terminal's own description instead.
    nc_update(-1, 0)
    lseek(memory, 0, SEEK_SET)
  }

  func close() {
    endwin()
    delscreen(screen)
    Glibc.close(memory)
  }

  func resize(_ size: Size) {
    resizeterm(Int32(max(1, size.height)), Int32(max(1, size.width)))
    repaint()
  }

  /// Paints every cell at the next update.
  func repaint() { isRepainting = true }

  /// Composes the difference to what was shown before; `withComposedBytes` has it then.
  func update(_ new: Screen, mixer: inout InkMixer, pens: inout PenBox, isRecolored: Bool) {
    pens.beginFrame()
    let old = isRecolored || isRepainting || shown?.size != new.size ? nil : shown
    let rows = min(new.height, Int(nc_lines()))
    for y in 0..<rows {
      let cells = new.cells[y * new.width..<(y + 1) * new.width]
      if let old, old.cells[y * new.width..<(y + 1) * new.width] == cells {
        // The pens of this row stay in use.
        if pens.isNearlyFull { for cell in cells { _ = pen(cell.style, &mixer, &pens) } }
        continue
      }
      put(cells, y: y, mixer: &mixer, pens: &pens)
    }
    if isRepainting { nc_repaint() }
    isRepainting = false
    if let cursor = new.cursor, new.bounds.contains(x: cursor.x, y: cursor.y) {
      nc_update(Int32(cursor.x), Int32(cursor.y))
    } else {
      nc_update(-1, 0)
    }
    shown = new
  }

  func withComposedBytes<R>(_ use: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let count = Int(lseek(memory, 0, SEEK_CUR))
    if bytes.count < count { bytes = [UInt8](repeating: 0, count: count * 3 / 2) }
    let got = bytes.withUnsafeMutableBytes { pread(memory, $0.baseAddress, count, 0) }
    lseek(memory, 0, SEEK_SET)
    return bytes.withUnsafeBufferPointer { use(.init(rebasing: $0[0..<max(0, got)])) }
  }

  private func put(
    _ cells: ArraySlice<Cell>, y: Int, mixer: inout InkMixer, pens: inout PenBox
  ) {
    row.removeAll(keepingCapacity: true)
    var style = Style.plain
    var pen = self.pen(style, &mixer, &pens)
    var attributes = mixer.attributes(style)
    for cell in cells where !cell.isContinuation {
      if cell.style != style {
        style = cell.style
        pen = self.pen(style, &mixer, &pens)
        attributes = mixer.attributes(style)
      }
      append(cell, pen: pen, attributes: UInt32(attributes.rawValue))
    }
    if scratch.count < row.count {
      scratch = [cchar_t](repeating: cchar_t(), count: row.count)
    }
    row.withUnsafeBufferPointer { row in
      scratch.withUnsafeMutableBufferPointer {
        nc_put_row(Int32(y), row.baseAddress, Int32(row.count), $0.baseAddress)
      }
    }
  }

  private func append(_ cell: Cell, pen: Int32, attributes: UInt32) {
    var scalar = cell.scalar
    if scalar >= 0x80 {
      let columns = Unicode.Scalar(scalar)?.columns ?? 1
      if !isUTF8 { scalar = SymbolSet.asciiFallback(for: scalar) }
      if scalar >= 0x80, nc_columns_of(scalar) != columns { scalar = 0x3f }
      if scalar < 0x80, columns == 2 {
        row.append(nc_cell(scalar: scalar, mark: 0, pair: pen, attributes: attributes))
        scalar = 0x20
      }
    } else if scalar < 0x20 || scalar == 0x7f {
      scalar = 0x20
    }
    let mark = isUTF8 && cell.mark != 0 && nc_columns_of(cell.mark) == 0 ? cell.mark : 0
    row.append(nc_cell(scalar: scalar, mark: mark, pair: pen, attributes: attributes))
  }

  private func pen(_ style: Style, _ mixer: inout InkMixer, _ pens: inout PenBox) -> Int32 {
    let known = pens.count
    let foreground = mixer.ink(style.foreground)
    let background = mixer.ink(style.background)
    // More combinations on one screen than ncurses has pairs: paint those with coarser colours.
    let pen =
      pens.pen(foreground, background)
      ?? pens.pen(mixer.coarse(foreground), mixer.coarse(background)) ?? 0
    if pens.count > known { init_extended_pair(pen, pen >> 8, pen & 255) }
    return pen
  }
}
