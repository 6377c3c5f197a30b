"""Runs the model in PyTorch on demand, so that one program can time both in turn.

Reads commands from standard input, one a line, and answers each with one line of JSON:
  variants           names of the ways PyTorch can run it: memory formats, eager and compiled
  forward NUMBER     wall and processor seconds of one forward pass of a variant, no gradients
  step NUMBER        the same and the loss of one training step
  operations         operations of both, counted
  compare FILE       how far the output, codes and gradients in FILE are from these

All variants were checked against the first one when the program starts.
"""

import argparse
import copy
import json
import struct
import sys
import time

import numpy
import torch
from torch.utils.flop_counter import FlopCounterMode

from channels_first import ChannelsFirst
from model import Tokenizer

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def read(path):
    """A safetensors file of F32 and I64 tensors, and its metadata."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        array = numpy.frombuffer(data[8 + length + start:8 + length + end], TYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors, metadata


def gaussian_matrix(size, window=11, sigma=1.5):
    """The valid blur of `size` numbers as a matrix, which is faster here than a convolution."""
    taps = torch.exp(-((torch.arange(window) - window // 2) ** 2) / (2 * sigma**2))
    matrix = torch.zeros(size - window + 1, size)
    for row in range(len(matrix)):
        matrix[row, row:row + window] = taps / taps.sum()
    return matrix


def ssim(a, b, kept={}):
    """Gaussian 11/1.5, valid part, range 2; [N, T, H, W, C]."""
    height, width = a.shape[2:4]
    if (height, width) not in kept:
        kept[height, width] = gaussian_matrix(height), gaussian_matrix(width).T.contiguous()
    down, across = kept[height, width]
    a, b = (v.permute(0, 1, 4, 2, 3).reshape(-1, height, width) for v in (a, b))
    blur = lambda v: down @ (v @ across)
    ma, mb = blur(a), blur(b)
    covariance, variances = blur(a * b) - ma * mb, blur(a * a + b * b) - ma * ma - mb * mb
    c1, c2 = 0.0004, 0.0036
    return (((2 * ma * mb + c1) * (2 * covariance + c2))
            / ((ma * ma + mb * mb + c1) * (variances + c2))).mean()


def loss_of(output, video):
    reconstruction, zs = output[0].float(), output[1]
    difference = reconstruction - video
    commitment = sum((z - torch.where(z.detach() >= 0, 1.0, -1.0)).square().mean() for z in zs) / 4
    return (difference.abs().mean() + 6 * difference.square().mean()
            + 0.3 * (1 - ssim(reconstruction, video)) + 0.05 * commitment)


class Variant:
    """One way to run the model, with weights and an optimizer of its own."""

    def __init__(self, name, network, video, ids, autocast):
        self.name, self.run, self.video, self.ids = name, network, video, ids
        self.autocast = autocast
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=1e-4, betas=(0.9, 0.99), weight_decay=0.01, fused=True)

    def forward(self):
        with torch.no_grad(), self.autocast():
            return self.run(self.video, self.ids)

    def step(self):
        with self.autocast():
            output = self.run(self.video, self.ids)
        loss = loss_of(output, self.video)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


class Server:
    def __init__(self, options):
        torch.set_num_threads(options.threads)
        tensors, metadata = read(options.weights)
        self.video, self.ids = tensors.pop("input.video"), tensors.pop("input.ids")
        self.model = Tokenizer(json.loads(metadata["configuration"]))
        self.model.load_state_dict(tensors)
        self.autocast = lambda: torch.autocast(
            "cpu", dtype=torch.bfloat16, enabled=options.precision == "bfloat16")
        self.variants = [Variant(name, network, self.video, self.ids, self.autocast)
                         for name, network in self.networks(options.compile)]
        first = self.variants[0].forward()[0]
        for variant in self.variants[1:]:
            difference = (variant.forward()[0] - first).abs().mean().item()
            # Rounded factors change signs close to 0, and with them whole tokens.
            limit = 1e-3 if options.precision == "float32" else 0.05
            assert difference < limit, f"{variant.name} differs by {difference}"

    def networks(self, compiles):
        copied = lambda: copy.deepcopy(self.model)
        formats = {
            "pictures, channels last": copied,
            "conv3d, contiguous": lambda: ChannelsFirst(copied(), torch.contiguous_format),
            "conv3d, channels_last_3d": lambda: ChannelsFirst(copied(), torch.channels_last_3d),
        }
        for name, network in formats.items():
            yield name + ", eager", network()
            if compiles:
                yield name + ", compiled", torch.compile(network(), dynamic=False)

    def operations(self):
        # Counted on the plain model: compiled ones hide theirs.
        with torch.no_grad(), FlopCounterMode(display=False) as forward:
            self.model(self.video, self.ids)
        with FlopCounterMode(display=False) as step:
            loss_of(self.model(self.video, self.ids), self.video).backward()
        self.model.zero_grad(set_to_none=True)
        return {"forward": forward.get_total_flops(), "step": step.get_total_flops()}

    def compare(self, path):
        theirs, _ = read(path)
        with self.autocast():
            output = self.model(self.video, self.ids)
        loss = loss_of(output, self.video)
        loss.backward()
        bits = sum(((theirs[f"z.{k}"] >= 0) != (z >= 0)).sum().item()
                   for k, z in enumerate(output[1]))
        named = dict(self.model.named_parameters())
        gradients = {k[9:]: v for k, v in theirs.items() if k.startswith("gradient.")}
        squares = sum((named[k].grad - v).square().sum().item() for k, v in gradients.items())
        total = sum(named[k].grad.square().sum().item() for k in gradients)
        self.model.zero_grad(set_to_none=True)
        return {
            "reconstruction": (theirs["reconstruction"] - output[0]).abs().mean().item(),
            "bits": bits / sum(z.numel() for z in output[1]),
            "loss": abs(theirs["loss"].item() - loss.item()) / loss.item(),
            "gradients": (squares / total) ** 0.5,
        }

    def answer(self, line):
        command, _, argument = line.strip().partition(" ")
        if command == "compare":
            return self.compare(argument)
        if command == "operations":
            return self.operations()
        if command == "variants":
            return {"names": [variant.name for variant in self.variants]}
        variant = self.variants[int(argument)]
        start, processor = time.perf_counter(), time.process_time()
        loss = variant.step() if command == "step" else variant.forward() and None
        return {"seconds": time.perf_counter() - start,
                "processor": time.process_time() - processor, "loss": loss}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weights")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--compile", action="store_true")
    server = Server(parser.parse_args())
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(server.answer(line)), flush=True)


main()
