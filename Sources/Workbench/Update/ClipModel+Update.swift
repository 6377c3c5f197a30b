extension AppModel {
  mutating func playPause() {
    guard clip.frameCount > 1 else { return }
    if clip.playback.isPlaying {
      clip.playback.pause()
    } else {
      let range = clip.playedRange
      if !range.contains(clip.playhead) || clip.playhead == range.upperBound {
        clip.playhead = range.lowerBound
      }
      clip.playback.play(from: clip.time(of: clip.playhead), clock: clock)
    }
  }

  mutating func step(by frames: Int) {
    clip.playback.pause()
    seek(to: clip.playhead + frames)
  }

  /// To a frame of the clip; playing goes on from there.
  mutating func seek(to frame: Int) {
    clip.playhead = min(max(0, frame), clip.lastFrame)
    if clip.playback.isPlaying {
      clip.playback.play(from: clip.time(of: clip.playhead), clock: clock)
    }
  }

  mutating func changeSpeed(faster: Bool) {
    setSpeed(clip.playback.neighbouringSpeed(faster: faster))
  }

  mutating func setSpeed(_ speed: Double) {
    clip.playback.setSpeed(speed, time: clip.time(of: clip.playhead), clock: clock)
    say("Speed \(Numbers.short(clip.playback.speed))x")
  }

  /// First A, then B, then no loop.
  mutating func changeLoop() {
    guard clip.frameCount > 0 else { return }
    if var loop = clip.loop {
      if loop.end == nil {
        loop.end = clip.playhead
        clip.loop = loop
        if let range = loop.closed { say("Loop \(range.lowerBound)–\(range.upperBound)") }
      } else {
        clip.loop = nil
        say("Loop off")
      }
    } else {
      clip.loop = LoopRange(start: clip.playhead, end: nil)
      say("Loop from \(clip.playhead); a again sets its end")
    }
  }

  mutating func toggleMark() {
    guard clip.frameCount > 0 else { return }
    if let index = clip.marks.firstIndex(of: clip.playhead) {
      clip.marks.remove(at: index)
    } else {
      clip.marks.append(clip.playhead)
      clip.marks.sort()
    }
  }

  mutating func goToMark(forward: Bool) {
    let mark =
      forward
      ? clip.marks.first { $0 > clip.playhead } ?? clip.marks.first
      : clip.marks.last { $0 < clip.playhead } ?? clip.marks.last
    guard let mark else {
      say("No marks; m sets one.")
      return
    }
    seek(to: mark)
  }
}
