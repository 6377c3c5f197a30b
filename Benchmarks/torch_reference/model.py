"""The model of `pyratok` in PyTorch, layer by layer: the reference that tests and benchmarks compare with.

Activations are [N, T, H, W, C] (channels last); state-dict keys are those of model.safetensors.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def rms(x, gain=None, eps=1e-6):
    """x / sqrt(mean over channels of x^2 + eps), times gain."""
    y = x.float()
    y = y * torch.rsqrt(y.square().mean(-1, keepdim=True) + eps)
    if gain is not None:
        y = y * gain
    return y.to(x.dtype)


def rms_silu(x, gain, eps=1e-6):
    y = x.float()
    y = F.silu(y * torch.rsqrt(y.square().mean(-1, keepdim=True) + eps) * gain)
    return y.to(x.dtype)


class RMS(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return rms(x, self.gain)


class CausalConv(nn.Module):
    """Causal in time (kT - 1 zeros in front), symmetric in space; weight [out, in, kT, kH, kW]."""

    def __init__(self, cin, cout, kernel, stride=(1, 1, 1), zero=False):
        super().__init__()
        self.kernel, self.stride = tuple(kernel), tuple(stride)
        self.weight = nn.Parameter(torch.empty(cout, cin, *kernel))
        self.bias = nn.Parameter(torch.zeros(cout))
        if zero:
            nn.init.zeros_(self.weight)
        else:
            nn.init.normal_(self.weight, std=1 / math.sqrt(cin * math.prod(kernel)))

    def forward(self, x):
        n, t, h, w, c = x.shape
        (kt, kh, kw), (st, sh, sw) = self.kernel, self.stride
        if kt == 1 and st == 1:  # a picture convolution
            y = F.conv2d(
                x.reshape(n * t, h, w, c).permute(0, 3, 1, 2), self.weight[:, :, 0], self.bias,
                (sh, sw), (kh // 2, kw // 2)).permute(0, 2, 3, 1)
            return y.reshape(n, t, *y.shape[1:])
        if kh == kw == 1 and sh == sw == 1:  # along time only
            y = x.reshape(n, t, h * w, c).permute(0, 3, 1, 2)
            y = F.conv2d(F.pad(y, (0, 0, kt - 1, 0)), self.weight[:, :, :, :, 0], self.bias, (st, 1))
            y = y.permute(0, 2, 3, 1)
            return y.reshape(n, y.shape[1], h, w, -1)
        y = F.pad(x.permute(0, 4, 1, 2, 3), (0, 0, 0, 0, kt - 1, 0))
        y = F.conv3d(y, self.weight, self.bias, self.stride, (0, kh // 2, kw // 2))
        return y.permute(0, 2, 3, 4, 1)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = RMS(width), RMS(width)
        self.conv1 = CausalConv(width, width, (1, 3, 3))
        self.conv2 = CausalConv(width, width, (3, 1, 1), zero=True)

    def forward(self, x):
        y = self.conv1(rms_silu(x, self.norm1.gain))
        return x + self.conv2(rms_silu(y, self.norm2.gain))


def space_to_depth(x, y_factor, x_factor):
    n, t, h, w, c = x.shape
    x = x.reshape(n, t, h // y_factor, y_factor, w // x_factor, x_factor, c)
    return x.permute(0, 1, 2, 4, 3, 5, 6).reshape(
        n, t, h // y_factor, w // x_factor, y_factor * x_factor * c)


def depth_to_space(x, rt, ry, rx):
    n, t, h, w, c = x.shape
    c //= rt * ry * rx
    x = x.reshape(n, t, h, w, rt, ry, rx, c).permute(0, 1, 4, 2, 5, 3, 6, 7)
    return x.reshape(n, t * rt, h * ry, w * rx, c)[:, rt - 1:]


class Attention(nn.Module):
    def __init__(self, query_width, key_width, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(query_width, width, bias=False)
        self.key = nn.Linear(key_width, width, bias=False)
        self.value = nn.Linear(key_width, width, bias=False)
        self.out = nn.Linear(width, query_width, bias=False)

    def forward(self, x, context, mask):
        n, q, _ = x.shape
        split = lambda v: v.reshape(n, v.shape[1], self.heads, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(context)), split(self.value(context)),
            attn_mask=mask[:, None, None, :].bool())
        return self.out(y.transpose(1, 2).reshape(n, q, -1))


class TextLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = RMS(width), RMS(width)
        self.attention = Attention(width, width, width, heads)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x, mask):
        y = self.norm1(x)
        x = x + self.attention(y, y, mask)
        return x + self.down(F.silu(self.up(self.norm2(x))))


class TextEncoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(c["vocabulary_size"], c["text_width"]) * 0.5)
        self.position = nn.Parameter(torch.randn(c["text_length"], c["text_width"]) * 0.1)
        self.layers = nn.ModuleList(
            TextLayer(c["text_width"], c["heads"]) for _ in range(c["text_layers"]))
        self.norm = RMS(c["text_width"])

    def forward(self, ids):
        mask = (ids != 0).float()
        x = self.embedding[ids] + self.position[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x), mask


class Stage(nn.Module):
    def __init__(self, width, blocks):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def ratios(c):
    """Stride of each stage over the stage before it: five stages, the first at (1, patch, patch)."""
    strides = [[1, c["patch"], c["patch"]]] + c["strides"]
    return [tuple(b // a for a, b in zip(p, q)) for p, q in zip(strides, strides[1:])]


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.patch = c["patch"]
        w = c["widths"]
        self.entry = CausalConv(3 * c["patch"] ** 2, w[0], (1, 3, 3))
        self.stages = nn.ModuleList(Stage(w[i], b) for i, b in enumerate(c["encoder_blocks"]))
        for i, r in enumerate(ratios(c)):
            self.stages[i + 1].down = CausalConv(w[i], w[i + 1], [3 if s == 2 else 1 for s in r], r)

    def forward(self, video):
        x = self.stages[0](self.entry(space_to_depth(video, self.patch, self.patch)))
        features = []
        for stage in self.stages[1:]:
            x = stage(stage.down(x))
            features.append(x)
        return features


class Level(nn.Module):
    def __init__(self, c, feature_width, ratio):
        super().__init__()
        d = c["quantizer_width"]
        self.feature_norm, self.feature = RMS(feature_width), nn.Linear(feature_width, d)
        if ratio is not None:
            self.previous = CausalConv(c["bits"], d, (3, 3, 3), ratio)
        self.block = Block(d)
        self.query_norm, self.text_norm = RMS(d), RMS(c["text_width"])
        self.attention = Attention(d, c["text_width"], d, c["heads"])
        self.gate = nn.Parameter(torch.full((1,), 0.1))
        self.out_norm, self.out = RMS(d), nn.Linear(d, c["bits"])

    def forward(self, features, previous, text):
        h = self.feature(self.feature_norm(features))
        if previous is not None:
            h = h + self.previous(previous.to(h.dtype))
        h = self.block(h)
        if text is not None:
            flat = self.query_norm(h).flatten(1, 3)
            seen = self.attention(flat, self.text_norm(text[0]), text[1]).reshape(h.shape)
            if len(text) == 3:  # clips whose caption is dropped in training have 0 here
                seen = seen * text[2].to(seen.dtype).reshape(-1, 1, 1, 1, 1)
            h = h + self.gate * seen
        h = self.out_norm(h)
        with torch.autocast("cpu", enabled=False):
            z = rms(F.linear(h.float(), self.out.weight, self.out.bias))
        hard = torch.where(z >= 0, 1.0, -1.0)
        return z, z + (hard - z).detach()


class Quantizer(nn.Module):
    def __init__(self, c):
        super().__init__()
        r = [None] + ratios(c)[1:]
        self.levels = nn.ModuleList(Level(c, w, k) for w, k in zip(c["widths"][1:], r))

    def forward(self, features, text):
        zs, qs, q = [], [], None
        for level, f in zip(self.levels, features):
            z, q = level(f, q, text)
            zs.append(z)
            qs.append(q)
        return zs, qs


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        w, self.patch, self.ratios = c["widths"], c["patch"], ratios(c)
        self.codes = nn.ModuleList(nn.Linear(c["bits"], w[i + 1]) for i in range(4))
        self.stages = nn.ModuleList(Stage(w[i], b) for i, b in enumerate(c["decoder_blocks"]))
        for i, r in enumerate(self.ratios):
            self.stages[i + 1].up = nn.Linear(w[i + 1], w[i] * math.prod(r))
        self.norm = RMS(w[0])
        self.exit = CausalConv(w[0], 3 * c["patch"] ** 2, (1, 3, 3))

    def forward(self, qs):
        x = self.codes[3](qs[3])
        for i in range(4, -1, -1):
            x = self.stages[i](x)
            if i >= 1:
                x = depth_to_space(self.stages[i].up(x), *self.ratios[i - 1])
                if i >= 2:
                    x = x + self.codes[i - 2](qs[i - 2].to(x.dtype))
        x = self.exit(rms_silu(x, self.norm.gain))
        return depth_to_space(x, 1, self.patch, self.patch)


class Alignment(nn.Module):
    """InfoNCE between pooled codes, or what a layer makes of each, and pooled text."""

    def __init__(self, c):
        super().__init__()
        levels, width = len(c["strides"]), c.get("alignment_width")
        if width:
            self.tokens = nn.ModuleList(nn.Linear(c["bits"], width) for _ in range(levels))
        self.codes = nn.Linear(levels * (width or c["bits"]), 64)
        self.text = nn.Linear(c["text_width"], 64)

    def forward(self, qs, text):
        if hasattr(self, "tokens"):
            qs = [F.silu(layer(q)) for layer, q in zip(self.tokens, qs)]
        pooled = torch.cat([q.float().mean((1, 2, 3)) for q in qs], -1)
        e, mask = text[:2]
        e = (e.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        a, b = F.normalize(self.codes(pooled).float(), dim=-1), F.normalize(self.text(e).float(), dim=-1)
        logits = a @ b.T / 0.1
        target = torch.arange(len(a))
        return 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))


class Tokenizer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.configuration = c
        self.encoder, self.quantizer, self.decoder = Encoder(c), Quantizer(c), Decoder(c)
        self.text, self.alignment = TextEncoder(c), Alignment(c)

    def forward(self, video, ids=None, seen=None):
        """video [N, T, H, W, 3] in -1...1, ids [N, L] or None, seen [N] (0: caption dropped) or None
        -> reconstruction, z and codes per level, text embedding and mask."""
        text = self.text(ids) if ids is not None else None
        if seen is not None:
            text = (*text, seen)
        zs, qs = self.quantizer(self.encoder(video), text)
        return self.decoder(qs), zs, qs, text


NANO = {
    "format": "pyratok.model.1", "architecture": "pyratok", "name": "nano",
    "bits": 16, "patch": 4, "widths": [64, 192, 192, 256, 256],
    "encoder_blocks": [2, 3, 1, 1, 1], "decoder_blocks": [3, 4, 2, 1, 1],
    "strides": [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]],
    "quantizer_width": 128, "heads": 4, "text_width": 128, "text_layers": 2, "text_length": 64,
    "vocabulary_size": 512, "entropy_slope": 6.0,
}
