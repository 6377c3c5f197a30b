"""Compares what TensorBoard reads from a run folder with its metrics.jsonl: check_events.py RUN."""

import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def numbers(value, path):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, path + [name])
    elif isinstance(value, list):
        start = 1 if path[-1] in ("levels", "usage", "flips") else 0
        for index, inner in enumerate(value):
            yield from numbers(inner, path + [str(index + start)])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield "/".join(path), value


run = sys.argv[1]
events = EventAccumulator(run, size_guidance={"scalars": 0, "histograms": 0, "images": 0})
events.Reload()
scalars = {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in events.Tags()["scalars"]}
compared = 0
for line in open(run + "/metrics.jsonl"):
    step = json.loads(line)
    for tag, value in numbers(step, []):
        if tag in ("step", "time"):
            continue
        single = struct.unpack("f", struct.pack("f", value))[0]
        read = scalars[tag][step["step"]]
        assert read == single, (tag, step["step"], read, single)
        compared += 1
histograms = [e for tag in events.Tags()["histograms"] for e in events.Histograms(tag)]
images = [e for tag in events.Tags()["images"] for e in events.Images(tag)]
assert compared and histograms and images
for event in histograms:
    value = event.histogram_value
    assert sum(value.bucket) == value.num and value.min <= value.bucket_limit[-1]
for event in images:
    assert event.encoded_image_string.startswith(b"\x89PNG") and event.width and event.height
print(f"{compared} numbers equal, {len(histograms)} histograms, {len(images)} images")
