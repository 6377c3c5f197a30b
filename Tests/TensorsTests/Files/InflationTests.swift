import Foundation
import Testing

@testable import Tensors

@Suite struct InflationTests {
  /// What Python's zlib made of 1200 bytes, with a code of its own.
  private static let packed =
    """
    Y2BgYGRiZmXn5OYTFJGQUVDR1DO2tHf1DopMyCioaOicNHvp+p2Hz9188oGRV1LN2MEvJquifdrSrUevPv3GI6vvGJ
    xa0T1v07Fb7zhkjTziSroW7jj/nEXGxDetfubms8/ZlWwjSyeuPfWcU901uXHB/nvMys7JLUuPveA3DC6buecBp25g
    2ewDzwTNY1tWX/ql7l++4OQnRe/S+ae+qgbWrrzKbpLYv/e1nG/N6tsCDgULL3FY5cy7wGGdt+gav3PF2keywZ37vx
    llLrwp5td+4KdF0ZpnaolzbkiGTjwn4Nt9kser8wSPT88ZwaDJV6Rj5z/UzFn/2abhCF/wjHua+VsZPfqvq+RsYfKe
    ck+3/KBgzPLPLhPu6FWfkM7czhW54rvPnDeOkx5bdt81abtp2HLDsPWmccddi74n9tPeei78GbaOJ3WfbPlFg+5nbo
    uY43fLVl23mvEtcodM9W2HBaxpx3X7P0bsUmp9EbhVrul54DbF9rcR+7Un/Uo/b7NUuOZZ6H69mZwlDwL36s3mrXoR
    fdJmtXwfc/HjiJP2G9RnCjR9zX0QedZtl8lK5ZkiXaw1n/Ofp9yJvBRw0uOQ427rbWabjNcbrNVfo7/WYJ3RRtOtVr
    vsD7gd97sQfjPxSc6HSqY2ganySw22OZ4IuZ3xoZZrsuIqy8NBd3K+t0ssMT0Y/KCIdbLaFo/r2QwTVLd63yninG10
    JOZ9u8IW34fVoqtcb5cJrnC5XSG61utxo/zOiE8TDc/k8K70etahdTyLd7Xf24mmV6vk96dyrwn+Osf5WZ/ZrWadC1
    UqJ0vkjxbIHM6XOVIod7xU+WyN9tVWU4bRdDWarmiQrgA=
    """

  private static func bytes(_ text: String) -> ArraySlice<UInt8> {
    ArraySlice(
      [UInt8](Data(base64Encoded: text.filter { !$0.isWhitespace }) ?? Data()))
  }

  @Test func aBlockWithItsOwnCodeIsUnpacked() throws {
    let half = (0..<600).map { UInt8($0 * $0 / 7 % 251) }
    #expect(try Inflation.unpack(Self.bytes(Self.packed), size: 1200) == half + half)
  }

  @Test func aBlockWithTheFixedCodeIsUnpacked() throws {
    let bytes = try Inflation.unpack(Self.bytes("S0xKToQhhcSkosTkxBQQBQA="), size: 24)
    #expect(String(decoding: bytes, as: UTF8.self) == "abcabcabcabc abracadabra")
  }

  @Test func aStoredBlockIsCopied() throws {
    let stored: [UInt8] = [1, 3, 0, 0xfc, 0xff, 7, 8, 9]
    #expect(try Inflation.unpack(stored[...], size: 3) == [7, 8, 9])
    #expect(throws: Inflation.Problem.self) { try Inflation.unpack(stored[...7], size: 4) }
    #expect(throws: Inflation.Problem.self) { try Inflation.unpack(stored[..<6], size: 3) }
  }

  /// Any damage is an error or other bytes of the right number, and never a crash.
  @Test func damagedBlocksAreRefused() {
    let whole = Array(Self.bytes(Self.packed))
    for place in whole.indices {
      for change in [UInt8(1), 16, 0xff] {
        var damaged = whole
        damaged[place] ^= change
        if let bytes = try? Inflation.unpack(damaged[...], size: 1200) {
          #expect(bytes.count == 1200)
        }
      }
      #expect(throws: Inflation.Problem.self) {
        try Inflation.unpack(whole[..<place], size: 1200)
      }
    }
  }

  @Test func aSmallFileCannotAskForMuchMemory() {
    #expect(throws: Inflation.Problem.self) {
      try Inflation.unpack(Self.bytes(Self.packed), size: 1 << 40)
    }
  }
}
