"""Writes small-network.json: a small network's numbers in PyTorch, for SmallNetworkTests.swift."""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(3)
values = {}


def make(name, *shape):
    # Four digits are exact in the file and here.
    tensor = (torch.rand(*shape) - 0.5).mul(1e4).round().div(1e4).requires_grad_()
    values[name] = tensor
    return tensor


def rms(x, gain):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * gain


def conv(x, weight, bias, stride=(1, 1, 1)):
    """Causal, channels last."""
    kt, kh, kw = weight.shape[2:]
    x = F.pad(x.permute(0, 4, 1, 2, 3), (kw // 2, kw // 2, kh // 2, kh // 2, kt - 1, 0))
    return F.conv3d(x, weight, bias, stride).permute(0, 2, 3, 4, 1)


x = make("x", 2, 3, 4, 4, 6)
y = conv(F.silu(rms(x, make("block.norm1.gain", 6))), make("block.conv1.weight", 6, 6, 1, 3, 3),
         make("block.conv1.bias", 6))
y = x + conv(F.silu(rms(y, make("block.norm2.gain", 6))), make("block.conv2.weight", 6, 6, 3, 1, 1),
             make("block.conv2.bias", 6))
y = conv(y, make("down.weight", 8, 6, 3, 3, 3), make("down.bias", 8), (2, 2, 2))
context = make("context", 2, 5, 8)
mask = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 1, 1]]).bool()
tokens = y.flatten(1, 3)
split = lambda v: v.reshape(2, v.shape[1], 2, 4).transpose(1, 2)
q, k, v = (split(source @ make(f"attention.{name}.weight", 8, 8).T)
           for name, source in [("query", tokens), ("key", context), ("value", context)])
seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
seen = seen.transpose(1, 2).reshape(tokens.shape) @ make("attention.out.weight", 8, 8).T
tokens = tokens + seen
out = F.silu(tokens @ make("feed.up.weight", 16, 8).T + make("feed.up.bias", 16))
out = out @ make("feed.down.weight", 8, 16).T + make("feed.down.bias", 8)
out.square().mean().backward()

arrays = {name: {"shape": list(t.shape), "values": [round(v, 4) for v in t.flatten().tolist()],
                 "gradient": [float(f"{v:.7g}") for v in t.grad.flatten().tolist()]}
          for name, t in values.items()}
document = {"loss": out.square().mean().item(), "output": [float(f"{v:.7g}") for v in out.flatten().tolist()],
            "arrays": arrays}
target = pathlib.Path(__file__).with_name("small-network.json")
target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
