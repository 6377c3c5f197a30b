"""Writes twin.safetensors: a tiny model's weights, inputs, outputs and gradients from PyTorch.

Run from the package root: python3 Tests/TokenizationTests/Fixtures/make_twin_fixture.py
The Swift model must give the same numbers (TwinTests.swift).
"""

import json
import math
import pathlib
import sys

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parents[2] / "Benchmarks" / "torch_reference"))
import model as reference  # noqa: E402

torch.manual_seed(5)
configuration = dict(
    reference.NANO, name="tiny", widths=[8, 12, 10, 14, 16], encoder_blocks=[1, 1, 1, 1, 1],
    decoder_blocks=[1, 1, 1, 1, 1], quantizer_width=8, heads=2, text_width=12, text_layers=1,
    text_length=12, vocabulary_size=260)
twin = reference.Tokenizer(configuration)
with torch.no_grad():
    for name, parameter in twin.named_parameters():
        # No zero weight, so that every path carries a gradient; halves, so that the file is small.
        if name.endswith("conv2.weight"):
            parameter.normal_(std=1 / math.sqrt(3 * parameter.shape[1]))
        elif name.endswith("gain"):
            parameter.add_(0.2 * torch.randn_like(parameter))
        elif name.endswith("bias"):
            parameter.normal_(std=0.1)
        elif name.endswith("gate"):
            parameter.fill_(0.5)
        parameter.copy_(parameter.half().float())

t, y, x = torch.meshgrid(torch.arange(5.0), torch.arange(32.0), torch.arange(32.0), indexing="ij")


def draw():
    """Two moving patterns with noise, as bytes [2, 5, 32, 32, 3]."""
    clips = []
    for n in range(2):
        clip = torch.stack(
            [torch.sin(0.31 * x + (0.4 + n) * t + c) * torch.cos(0.23 * y - 0.3 * t + 2 * n + c * y / 40)
             for c in range(3)], -1)
        clips.append(clip + 0.2 * torch.rand(clip.shape))
    return ((torch.stack(clips) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


ids = torch.tensor([[65, 130, 7, 259, 1, 0, 0, 0], [12, 200, 31, 64, 5, 99, 7, 0]])

# No bit may stand so near its threshold that another order of summation turns it.
margin = 0
while margin < 2e-4:
    frames = draw()
    video = frames.float() / 127.5 - 1
    with torch.no_grad():
        silent = twin(video)[1]
        margin = min(z.abs().min().item() for z in silent + twin(video, ids)[1])
reconstruction, zs, qs, text = twin(video, ids)
assert any((a.sign() != b.sign()).any() for a, b in zip(zs, silent)), "the text changes nothing"
commitment = torch.stack([(z - z.sign().detach()).square().mean() for z in zs]).mean()
posterior = [torch.sigmoid(configuration["entropy_slope"] * z) for z in zs]
entropy = torch.stack([
    -(p * p.log() + (1 - p) * (1 - p).log()).sum(-1).mean() for p in posterior]).mean()
alignment = twin.alignment(qs, text)
terms = {
    "l1": (reconstruction - video).abs().mean(), "commitment": commitment, "entropy": entropy,
    "alignment": alignment}
loss = terms["l1"] + 0.05 * commitment + 0.01 * entropy + 0.02 * alignment
loss.backward()

tensors = {"weights." + k: v.detach().half() for k, v in twin.state_dict().items()}
tensors["frames"], tensors["ids"] = frames, ids.int()
tensors["reconstruction"] = reconstruction[:1, :, :, ::2].detach()  # every second column
for i, z in enumerate(zs):
    tensors[f"z.{i + 1}"] = z.detach()
    tensors[f"silent.{i + 1}"] = silent[i]
norms = {}
for name, parameter in twin.named_parameters():
    norms[name] = parameter.grad.norm().item()
    if parameter.numel() <= 300:
        tensors["gradients." + name] = parameter.grad
metadata = {
    "configuration": json.dumps(configuration), "terms": json.dumps({k: v.item() for k, v in terms.items()}),
    "loss": repr(loss.item()), "gradient_norms": json.dumps(norms)}
tensors = {k: v.contiguous() for k, v in tensors.items()}
save_file(tensors, here / "twin.safetensors", metadata)
print(f"smallest |z| {margin:.2e}, loss {loss.item():.6f}, {(here / 'twin.safetensors').stat().st_size} bytes")
