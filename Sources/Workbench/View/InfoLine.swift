import TokenizerEngine

/// Facts in one row; when the room is short the least important go first.
struct InfoLine {
  struct Piece {
    var text: String
    /// 0 stays longest.
    var rank: Int
    var role = ThemeRole.text
  }

  var pieces: [Piece]

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    var kept = pieces.filter { !$0.text.isEmpty }
    func width() -> Int { kept.reduce(0) { $0 + $1.text.columns } + 3 * max(0, kept.count - 1) }
    while kept.count > 1, width() > rect.width - 1,
      let last = kept.indices.max(by: { kept[$0].rank < kept[$1].rank })
    {
      kept.remove(at: last)
    }
    var x = rect.x
    for (index, piece) in kept.enumerated() {
      if index > 0 { x += screen.put(" · ", x: x, y: rect.y, style: Style(.secondary)) }
      x += screen.put(
        piece.text, x: x, y: rect.y, style: Style(piece.role), limit: max(0, rect.maxX - x))
    }
  }

  /// What the Clip screen says under its pictures.
  static func clip(_ model: AppModel) -> InfoLine {
    guard let summary = model.clip.summary else { return InfoLine(pieces: []) }
    let clip = model.clip
    let info = summary.info
    let rate =
      Numbers.short(info.frameRate.value) + (info.isVariableRate ? " fps (varies)" : " fps")
    var pieces = [
      Piece(text: "frame \(clip.playhead)/\(clip.lastFrame)", rank: 0),
      Piece(
        text: Numbers.time(clip.time(of: clip.playhead)) + " of " + Numbers.time(clip.duration),
        rank: 2),
    ]
    if clip.playback.speed != 1 {
      pieces.append(Piece(text: Numbers.short(clip.playback.speed) + "x", rank: 1, role: .accent))
    }
    if let psnr = shownPSNR(model) {
      let text = "PSNR " + Numbers.fixed(psnr, 2) + " dB"
      pieces.append(Piece(text: text, rank: 1, role: .accent))
      pieces.append(
        Piece(text: "this frame, " + FrameComparison.convention, rank: 7, role: .secondary))
    }
    if !model.tokens.mutes.isEmpty {
      pieces.append(Piece(text: MuteText.of(model.tokens.mutes), rank: 1, role: .warning))
    }
    pieces += [
      Piece(text: info.codec, rank: 4, role: .secondary),
      Piece(text: "\(info.width)x\(info.height)", rank: 5, role: .secondary),
      Piece(text: rate, rank: 6, role: .secondary),
      Piece(text: "seen at \(summary.width)x\(summary.height)", rank: 8, role: .secondary),
    ]
    return InfoLine(pieces: pieces)
  }

  /// Of the picture on screen and what was decoded for it.
  static func shownPSNR(_ model: AppModel) -> Double? {
    let clip = model.clip
    guard let picture = clip.picture else { return nil }
    if model.tokens.mutes.isEmpty, let known = clip.quality[picture.index] { return known }
    guard let decoded = clip.reconstruction(of: picture.index, muting: model.tokens.mutes) else {
      return nil
    }
    return FrameComparison.psnr(picture.frame, decoded)
  }
}

/// What is muted, in words.
enum MuteText {
  static func of(_ mutes: Mutes) -> String {
    var parts: [String] = []
    if !mutes.levels.isEmpty {
      parts.append("level " + mutes.levels.sorted(by: >).map(String.init).joined(separator: ", "))
    }
    for (level, mask) in mutes.bits.sorted(by: { $0.key > $1.key }) {
      let bits = (0..<32).filter { mask & (1 << UInt32($0)) != 0 }.map { "\($0)" }
      parts.append("bit \(bits.joined(separator: ", ")) of level \(level)")
    }
    return "muted: " + parts.joined(separator: "; ")
  }
}
