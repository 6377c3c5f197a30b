import Foundation
import TestSupport
import Testing

@testable import Training

@Test func metricsThatCannotBeReadAreNotOverwritten() throws {
  let folder = try TemporaryFolder()
  let run = RunFolder(path: folder.path)
  try FileManager.default.createSymbolicLink(
    atPath: run.metricsPath, withDestinationPath: run.metricsPath)
  #expect(throws: (any Error).self) { try run.truncateMetrics(after: 0) }
  #expect(
    try FileManager.default.destinationOfSymbolicLink(atPath: run.metricsPath) == run.metricsPath)
  try FileManager.default.removeItem(atPath: run.metricsPath)
  try run.truncateMetrics(after: 0)
  #expect(FileManager.default.contents(atPath: run.metricsPath)?.isEmpty == true)
}

@Test func numbersThatAreNotFiniteAreNullWithANote() throws {
  let result = ValidationResult(loss: .nan, psnr: .infinity, usage: [0.5])
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  let json = try encoder.encode(result)
  #expect(
    String(decoding: json, as: UTF8.self)
      == #"{"loss":null,"loss_note":"not a number","psnr":null,"psnr_note":"infinite","#
      + #""usage":[0.5]}"#)
  let back = try JSONDecoder().decode(ValidationResult.self, from: json)
  #expect(back.loss.isNaN && back.psnr?.isNaN == true && back.usage == [0.5])
  let finite = ValidationResult(loss: 0.25, psnr: 30, usage: [])
  let again = try JSONDecoder().decode(ValidationResult.self, from: encoder.encode(finite))
  #expect(again == finite)
}

@Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
func aFullDiskIsCalledThat() {
  #expect(
    throws: TrainingError.unwritable(path: "/dev/full", reason: "No space left on device")
  ) {
    try AppendedFile.append([1, 2, 3], to: "/dev/full")
  }
}
