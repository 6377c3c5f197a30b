"""The model of model.py computed channels first, as most PyTorch video code does.

Activations are [N, C, T, H, W], every convolution one conv3d, every linear map a 1x1x1 convolution.
With tensors in torch.channels_last_3d the same code runs in PyTorch's other memory format.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def rms(x, gain=None, eps=1e-6):
    y = x.float()
    y = y * torch.rsqrt(y.square().mean(1, keepdim=True) + eps)
    if gain is not None:
        y = y * gain.view(1, -1, 1, 1, 1)
    return y.to(x.dtype)


def convolution(layer, x):
    (kt, kh, kw), stride = layer.kernel, layer.stride
    if kt > 1:
        x = F.pad(x, (0, 0, 0, 0, kt - 1, 0))
    return F.conv3d(x, layer.weight, layer.bias, stride, (0, kh // 2, kw // 2))


def linear(layer, x):
    return F.conv3d(x, layer.weight[:, :, None, None, None], layer.bias)


def space_to_depth(x, y_factor, x_factor):
    n, c, t, h, w = x.shape
    x = x.reshape(n, c, t, h // y_factor, y_factor, w // x_factor, x_factor)
    return x.permute(0, 4, 6, 1, 2, 3, 5).reshape(
        n, y_factor * x_factor * c, t, h // y_factor, w // x_factor)


def depth_to_space(x, rt, ry, rx):
    n, c, t, h, w = x.shape
    c //= rt * ry * rx
    x = x.reshape(n, rt, ry, rx, c, t, h, w).permute(0, 4, 5, 1, 6, 2, 7, 3)
    return x.reshape(n, c, t * rt, h * ry, w * rx)[:, :, rt - 1:]


def blocks(stage, x):
    for block in stage.blocks:
        x = residual(block, x)
    return x


def residual(block, x):
    y = convolution(block.conv1, F.silu(rms(x, block.norm1.gain)))
    return x + convolution(block.conv2, F.silu(rms(y, block.norm2.gain)))


class ChannelsFirst(nn.Module):
    """The weights of a `Tokenizer`; takes and gives what that one does."""

    def __init__(self, model, memory_format):
        super().__init__()
        self.model, self.memory_format = model, memory_format
        for parameter in model.parameters():
            if parameter.dim() == 5:
                parameter.data = parameter.data.contiguous(memory_format=memory_format)

    def forward(self, video, ids):
        text = self.model.text(ids)
        x = video.permute(0, 4, 1, 2, 3).contiguous(memory_format=self.memory_format)
        zs, qs = self.quantize(self.encode(x), text)
        picture = self.decode(qs).permute(0, 2, 3, 4, 1)
        return picture, [z.permute(0, 2, 3, 4, 1) for z in zs], qs, text

    def encode(self, x):
        encoder, features = self.model.encoder, []
        x = convolution(encoder.entry, space_to_depth(x, encoder.patch, encoder.patch))
        x = blocks(encoder.stages[0], x)
        for stage in encoder.stages[1:]:
            x = blocks(stage, convolution(stage.down, x))
            features.append(x)
        return features

    def quantize(self, features, text):
        zs, qs, q = [], [], None
        for level, feature in zip(self.model.quantizer.levels, features):
            h = linear(level.feature, rms(feature, level.feature_norm.gain))
            if q is not None:
                h = h + convolution(level.previous, q)
            h = residual(level.block, h)
            flat = rms(h, level.query_norm.gain).flatten(2).transpose(1, 2)
            seen = level.attention(flat, level.text_norm(text[0]), text[1])
            h = h + level.gate * seen.transpose(1, 2).reshape(h.shape)
            h = rms(h, level.out_norm.gain)
            with torch.autocast("cpu", enabled=False):
                z = rms(linear(level.out, h.float()))
            q = z + (torch.where(z >= 0, 1.0, -1.0) - z).detach()
            zs.append(z)
            qs.append(q)
        return zs, qs

    def decode(self, qs):
        decoder = self.model.decoder
        x = linear(decoder.codes[3], qs[3])
        for i in range(4, -1, -1):
            x = blocks(decoder.stages[i], x)
            if i >= 1:
                x = depth_to_space(linear(decoder.stages[i].up, x), *decoder.ratios[i - 1])
                if i >= 2:
                    x = x + linear(decoder.codes[i - 2], qs[i - 2])
        x = convolution(decoder.exit, F.silu(rms(x, decoder.norm.gain)))
        return depth_to_space(x, 1, decoder.patch, decoder.patch)
