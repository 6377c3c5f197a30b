// swift-tools-version: 6.1
import PackageDescription

// Read from the bottom of the stack to the top: each target imports only what stands above it.
let package = Package(
  name: "pyratok",
  products: [.executable(name: "pyratok", targets: ["pyratok"])],
  traits: [
    .trait(
      name: "OneDNN", description: "Convolutions by oneDNN; without it, by OpenBLAS products."),
    .default(enabledTraits: ["OneDNN"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // C libraries
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CFFmpeg"),
    .systemLibrary(name: "COpenBLAS"),
    .target(name: "COneDNN"),
    .target(name: "CKernels"),
    .target(name: "CTerminal"),

    // Mathematics and pixels
    .target(
      name: "Tensors",
      dependencies: [
        "CKernels", "COpenBLAS",
        .target(name: "COneDNN", condition: .when(traits: ["OneDNN"])),
      ]),
    .target(name: "Layers", dependencies: ["Tensors"]),
    .target(
      name: "VideoIO",
      dependencies: ["CFFmpeg", "Tensors", .product(name: "Logging", package: "swift-log")]),

    // The tokenizer and what is done with it
    .target(name: "Tokenization", dependencies: ["Layers", "Tensors"]),
    .target(name: "Training", dependencies: ["Tokenization", "VideoIO"]),
    .target(name: "Evaluation", dependencies: ["Tokenization", "VideoIO"]),
    .target(
      name: "TokenizerEngine",
      dependencies: ["Training", "Evaluation", .product(name: "GRDB", package: "GRDB.swift")]),

    // Front ends
    .target(name: "Workbench", dependencies: ["TokenizerEngine", "CNcurses", "CTerminal"]),
    .executableTarget(
      name: "pyratok",
      dependencies: [
        "TokenizerEngine", "Workbench", "Training", "Evaluation", "Tokenization", "VideoIO",
        "Tensors", "CTerminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Benchmarks", dependencies: ["Layers", "Tensors", "Tokenization", "Training"],
      path: "Benchmarks", exclude: ["torch_reference"]),

    // Tests
    .target(
      name: "TestSupport", dependencies: ["CTerminal", "Tensors", "VideoIO"],
      path: "Tests/TestSupport"),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
    .testTarget(
      name: "LayersTests", dependencies: ["Layers", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "VideoIOTests", dependencies: ["VideoIO", "Tensors", "TestSupport"]),
    .testTarget(
      name: "TokenizationTests", dependencies: ["Tokenization", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "TestSupport"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["Evaluation", "Tokenization", "Tensors", "TestSupport"]),
    .testTarget(
      name: "TokenizerEngineTests",
      dependencies: [
        "TokenizerEngine", "Evaluation", "Training", "Tokenization", "Tensors", "TestSupport",
      ]),
    .testTarget(
      name: "WorkbenchTests",
      dependencies: ["Workbench", "TokenizerEngine", "Tokenization", "TestSupport"],
      exclude: ["Screens"]),
    .testTarget(
      name: "PyratokTests",
      dependencies: ["TokenizerEngine", "Tensors", "TestSupport", "CTerminal"]),
  ],
  swiftLanguageModes: [.v6]
)
