import Tensors
import Testing
import VideoIO

struct FrameTensorTests {
  @Test func bytesBecomeNumbersFromMinusOneToOne() {
    let frame = Frame(width: 2, height: 1, pixels: [0, 51, 255, 102, 128, 204], time: 0)
    let clip = tensor(of: [frame, frame])
    #expect(clip.shape == [1, 2, 1, 2, 3])
    let expected: [Float] = [-1, -0.6, 1, -0.2, 128 / 127.5 - 1, 0.6]
    for (value, known) in zip(clip.values, expected + expected) {
      #expect(abs(value - known) < 1e-6)
    }
  }

  @Test func everyByteComesBack() {
    let pixels = (0..<768).map { UInt8($0 % 256) }
    let frame = Frame(width: 16, height: 16, pixels: pixels, time: 0.5)
    #expect(frames(from: tensor(of: [frame]), times: [0.5]) == [frame])
  }

  @Test func whatLiesOutsideIsCutAndHalvesRoundAway() {
    let values: [Float] = [-7, 9, .nan, -0.5, .infinity, 0]
    let clip = Tensor(values, shape: [1, 1, 1, 2, 3])
    #expect(frames(from: clip, times: [0])[0].pixels == [0, 255, 0, 64, 255, 128])
  }
}
