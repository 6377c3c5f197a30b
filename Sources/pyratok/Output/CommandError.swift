/// The faults that the command line itself finds, each one line.
enum CommandError: Error, CustomStringConvertible {
  case notAFolder(String)
  case severalClipsInOneFile(String)
  case unwritableFolder(String, reason: String)
  case notAPlainFile(String)
  case noSuchFolder(String)
  case nothingWorked(count: Int)
  case alreadyThere(String)
  case outputIsInput(String, input: String)
  case notATokenFile(String)
  case foreignWeights(String)
  case noClip(String, reason: String)
  case notAModel(String)
  case noSample
  case noTerminal
  case noTrainer
  case badPrompts(String, reason: String)
  case newClipTooLarge

  var description: String {
    switch self {
    case .notAFolder(let path):
      "\(path): is neither a folder nor a name that ends in .safetensors; give another with -o."
    case .severalClipsInOneFile(let path):
      "\(path): holds one clip's tokens; with several clips -o names a folder."
    case .unwritableFolder(let path, let reason): "\(path): the folder cannot be made: \(reason)."
    case .notAPlainFile(let path): "\(path): is not a plain file; give another name with -o."
    case .noSuchFolder(let path): "\(path): no such folder; make it first."
    case .noTerminal: "this machine gave no pseudo-terminal to measure on."
    case .noTrainer: "no step of training was done within a minute; nothing to measure beside."
    case .outputIsInput(let path, let input):
      path == input
        ? "\(path): is the input itself; give another name for the output."
        : "\(path): is the same file as the input \(input); give another name for the output."
    case .notATokenFile(let path):
      "\(path): is not a token file (not safetensors); `pyratok tokenize` makes one of a clip."
    case .foreignWeights(let path):
      "\(path): PyTorch's own files are not read; save the codes with "
        + "numpy.save(\"codes.npy\", codes.cpu().numpy())."
    case .noClip(let path, let reason): "\(path): \(reason)."
    case .notAModel(let path):
      "\(path): is a file; a model is a folder with config.json and model.safetensors"
        + (path.hasSuffix(".safetensors") ? " (`pyratok codebook` reads token files)." : ".")
    case .alreadyThere(let path): "\(path): is there already."
    case .noSample: "no sample clip is installed; name a clip, as in `pyratok film.mp4`."
    case .badPrompts(let path, let reason): "\(path): is no list of prompts: \(reason)."
    case .newClipTooLarge:
      "a new clip has 1 to 1000 frames (--frames) of 1024x1024 pixels at most (--size)."
    case .nothingWorked(let count): "none of \(count) inputs could be read."
    }
  }
}
