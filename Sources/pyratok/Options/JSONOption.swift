import ArgumentParser

struct JSONOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print one JSON document instead of text.")
  var isOn = false
}
