import Synchronization

#if OneDNN
  import COneDNN
#endif

/// The threads of oneDNN, once it is loaded: other work shares them, so that one pool is busy.
enum ThreadTeam {
  private static let ready = Atomic(false)

  static var isReady: Bool { ready.load(ordering: .acquiring) }

  /// To be called when the library has been loaded.
  static func start() {
    #if OneDNN
      ready.store(pt_dnn_has_team() != 0, ordering: .releasing)
    #endif
  }

  /// Calls `body` with each index below `count` and returns when all are done.
  static func perform(_ count: Int, _ body: @escaping (Int) -> Void) {
    #if OneDNN
      var body = body
      withUnsafeMutablePointer(to: &body) { context in
        pt_dnn_parallel(
          Int32(min(Threads.count, count)), Int32(count),
          { context, index in
            context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
          }, context)
      }
    #endif
  }
}
