import VideoIO

/// Names one piece of background work, so that it is followed and cancelled alone.
package struct JobID: Sendable, Hashable {
  package let number: Int

  package init(_ number: Int) { self.number = number }
}

/// What a front end asks of the engine.
package enum EngineCommand: Sendable, Equatable {
  /// Loads weights from a folder, or the bundled ones.
  case loadModel(path: String?, job: JobID)
  /// Opens a clip for showing.
  case open(ClipRequest, job: JobID)
  /// Decodes a frame for the screen, and the next ones while nothing newer is asked for; `clip` is
  /// the job that opened it, and another clip's request is dropped.
  case show(frame: Int, ahead: Int, clip: JobID)
  /// Cuts pieces out of pictures, in place of all that were asked for before.
  case cut([Patch], job: JobID)
  /// Opens an index beside the clip, in place of another one; nil closes it.
  case openIndex(path: String?, job: JobID)
  /// Where codes of a pattern stand in the open index.
  case findPlaces(CodePattern, limit: Int, job: JobID)
  /// What in the open index is nearest to words, or has a code.
  case search(String, limit: Int, job: JobID)
  case tokenize(TokenizingRequest, job: JobID)
  /// Decodes from the tokens, beginning with `frame`, without what is muted.
  case redraw(frame: Int, muting: Mutes, job: JobID)
  /// Makes a part of the clip anew; tokenizes first what is not known. Such jobs wait in line.
  case regenerate(RegenerationRequest, clip: ClipRequest, job: JobID)
  /// What that job made becomes the working tokens.
  case accept(JobID)
  /// Changes working tokens by hand.
  case edit(TokenEdit, job: JobID)
  /// Makes the next edit of this frame's tokens show quickly.
  case ready(frame: Int, job: JobID)
  /// Flips each bit of a token in turn, to see what it does to a frame; `bit` first.
  case explain(TokenPosition, frame: Int, bit: Int, job: JobID)
  /// Decodes some frames with some levels only, to see what each adds.
  case measureLadder(frame: Int, job: JobID)
  /// Tokenizes with the model of another folder, too, and compares.
  case compareTokens(model: String, job: JobID)
  /// One step back or forth among the accepted ones and the edits.
  case undoAccept
  case redoAccept
  /// Writes what the job `result` made, or the working tokens if nil: tokens where the path ends in
  /// .safetensors, else a clip.
  case export(result: JobID?, path: String, job: JobID)
  case cancel(JobID)
}

/// Which clip is tokenized, and how much of it.
package struct TokenizingRequest: Sendable, Equatable {
  package var clip: ClipRequest
  /// The playhead; what it shows comes first.
  package var from: Int
  package var caption: String?
  /// Only what is not known yet, instead of everything anew.
  package var isContinued: Bool
  /// The values before the sign around the playhead first, even where the codes are known.
  package var wantsMargins: Bool

  package init(
    _ clip: ClipRequest, from: Int, caption: String? = nil, isContinued: Bool = false,
    wantsMargins: Bool = false
  ) {
    self.clip = clip
    self.from = from
    self.caption = caption
    self.isContinued = isContinued
    self.wantsMargins = wantsMargins
  }
}

/// What the engine has to say; small values that tests can write down.
package enum EngineEvent: Sendable, Equatable {
  case modelLoaded(ModelSummary, job: JobID)
  case clipOpened(ClipSummary, job: JobID)
  /// A frame of the clip that the job `clip` opened.
  case picture(index: Int, Frame, clip: JobID)
  case pictureFailed(index: Int, reason: String, clip: JobID)
  /// For a `cut`; nothing else is said of it.
  case patch(Patch, PatchOutcome, job: JobID)
  case indexOpened(CorpusSummary, job: JobID)
  /// Of all clips of the index together, level 1 first.
  case indexUsage([LevelUsage], job: JobID)
  case found(CorpusFindings, job: JobID)
  case tokens([TokenSlice], job: JobID)
  case reconstructed(first: Int, frames: [Frame], psnr: [Double], muting: Mutes, job: JobID)
  case statistics([LevelUsage], job: JobID)
  case findings(CodebookFindings, job: JobID)
  /// As far as it is known; grows while the job goes on.
  case ladder(LevelLadder, job: JobID)
  /// As far as it was compared; grows while the job goes on.
  case drift(TokenDrift, job: JobID)
  case progress(JobProgress, job: JobID)
  case regenerating(RegenerationProgress, job: JobID)
  /// Previews while tokens settle, then once, finally, every frame that may differ from the
  /// reconstruction, with the slices of the levels that were made anew.
  case regenerated(
    first: Int, frames: [Frame], tokens: [TokenSlice], isFinal: Bool, job: JobID)
  case regenerationReport(RegenerationReport, job: JobID)
  /// How many steps lie on either side of the working tokens, and the job that was accepted, edited,
  /// undone or redone; its tokens and frames follow as `tokens` and `reconstructed` with the same job, and
  /// take the place of what was known.
  case working(undo: Int, redo: Int, job: JobID)
  /// What an edit did; the working tokens follow where it changed any.
  case edited(EditReport, job: JobID)
  case bitEffect(BitEffect, job: JobID)
  case finished(JobID)
  case cancelled(JobID)
  /// With one line for the person at the keyboard.
  case failed(JobID, reason: String)
}

/// How far a job is.
package struct JobProgress: Sendable, Equatable {
  package var done: Int
  package var total: Int
  /// Frames a second since the job started, or 0 before it is known.
  package var framesPerSecond: Double

  package init(done: Int, total: Int, framesPerSecond: Double) {
    self.done = done
    self.total = total
    self.framesPerSecond = framesPerSecond
  }

  package var fraction: Double { total > 0 ? min(1, Double(done) / Double(total)) : 0 }
}
