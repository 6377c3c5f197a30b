import TokenizerEngine
import VideoIO

/// The opened clip: where the playhead stands and which pictures are there to show.
package struct ClipModel: Equatable, Sendable {
  package var summary: ClipSummary?
  /// The job that opened it; pictures of another one are not shown.
  package var job: JobID?
  package var playhead = 0
  package var playback = Playback()
  package var loop: LoopRange?
  /// Sorted frame numbers.
  package var marks: [Int] = []
  package var panes = PaneChoice.automatic
  /// The last decoded frame; while scrubbing it may trail the playhead.
  package var picture: ShownPicture?
  package var reconstructions = FrameStore(limitInBytes: 256 << 20)
  package var muted = MutedFrames()
  /// In decibels, for each frame that was reconstructed without mutes.
  package var quality: [Int: Double] = [:]
  /// Why the last picture could not be decoded.
  package var pictureFault: String?

  package var frameCount: Int { summary?.frameCount ?? 0 }
  package var lastFrame: Int { max(0, frameCount - 1) }

  /// Of a frame, in seconds from the first one.
  package func time(of frame: Int) -> Double {
    guard let times = summary?.times, !times.isEmpty else { return 0 }
    return times[min(max(0, frame), times.count - 1)]
  }

  /// When the clip is over, in seconds: the last frame stays as long as an average one.
  package var duration: Double {
    guard let summary else { return 0 }
    return time(of: lastFrame) + 1 / summary.frameRate
  }

  /// The frame that is on at a time.
  package func frame(at time: Double) -> Int {
    guard let times = summary?.times, !times.isEmpty else { return 0 }
    var low = 0
    var high = times.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if times[middle] <= time + 1e-9 { low = middle } else { high = middle }
    }
    return low
  }

  /// What is played: the A–B loop, or all.
  package var playedRange: ClosedRange<Int> { loop?.closed ?? 0...lastFrame }

  package func reconstruction(of frame: Int, muting mutes: Mutes) -> Frame? {
    mutes.isEmpty ? reconstructions[frame] : (muted.mutes == mutes ? muted.frames[frame] : nil)
  }
}

/// A decoded frame and its number.
package struct ShownPicture: Equatable, Sendable {
  package var index: Int
  package var frame: Frame
}

/// The frames decoded without what is muted.
package struct MutedFrames: Equatable, Sendable {
  package var mutes = Mutes()
  package var frames = FrameStore(limitInBytes: 96 << 20)
}

/// Which pictures stand beside each other.
package enum PaneChoice: String, CaseIterable, Equatable, Sendable {
  case automatic = "as many as fit well"
  case all = "original, reconstruction, difference"
  case pair = "original and reconstruction"
  case original = "original"
  case reconstruction = "reconstruction"
  case difference = "difference"
}
