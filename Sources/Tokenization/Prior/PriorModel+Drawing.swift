import Layers
import Tensors

/// What the kept tokens are to the open ones, block by block.
package struct PriorMemory {
  let blocks: [PriorBlock.Memory]
  package let count: Int
}

/// What a prompt is to the open tokens, block by block.
package struct PriorText {
  let blocks: [PriorBlock.Memory]
  let length: Int
}

// Pass by pass: what is kept and the prompt are computed once, and a pass costs its open rows.
extension PriorModel {
  /// For a prompt's subword ids, none for no text, cut to `text_length` − 1 of them.
  package func text(_ ids: [Int]) -> PriorText {
    let (rows, lengths) = encodedText([ids])
    return PriorText(blocks: blocks.map { $0.memory(ofText: rows) }, length: lengths[0])
  }

  /// Throws `CancellationError` when `shouldStop`, asked before each block, says so.
  package func memory(of kept: TokenRows, shouldStop: () -> Bool = { false }) throws -> PriorMemory
  {
    guard kept.count > 0 else { return PriorMemory(blocks: [], count: 0) }
    let turned = configuration.rotation(of: kept)
    var x = entry(Variable(configuration.features(of: kept)))
    var memories: [PriorBlock.Memory] = []
    for (index, block) in blocks.enumerated() {
      if shouldStop() { throw CancellationError() }
      let memory = block.memory(of: x, turned: turned)
      memories.append(memory)
      // What the last block would make of them, nobody sees.
      if index < blocks.count - 1 { x = block.kept(x, turned: turned, memory: memory) }
    }
    return PriorMemory(blocks: memories, count: kept.count)
  }

  /// What is expected of each open row, [rows, groups, states], before the softmax.
  ///
  /// Throws `CancellationError` when `shouldStop`, asked before each block, says so.
  package func logits(
    _ open: TokenRows, memory: PriorMemory, text: PriorText, shouldStop: () -> Bool = { false }
  ) throws -> Tensor {
    let rows = open.count
    let turned = configuration.rotation(of: open)
    let segments = [AttentionSegment(queries: 0..<rows, keys: 0..<memory.count + rows)]
    let reading = [AttentionSegment(queries: 0..<rows, keys: 0..<text.length)]
    var x = entry(Variable(configuration.features(of: open)))
    for (index, block) in blocks.enumerated() {
      if shouldStop() { throw CancellationError() }
      x = block(
        x, turned: turned, earlier: memory.count > 0 ? memory.blocks[index] : nil,
        segments: segments, text: text.blocks[index], open: (nil, reading))
    }
    return head(norm(x)).value.reshaped([rows, configuration.groups, configuration.states])
  }
}
