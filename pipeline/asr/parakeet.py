"""The Fast Conformer encoder with its CTC head, for recognising only; equal to transformers' ParakeetForCTC.

Same weights, other order of work: the table of relative positions is projected once a layer and not once a clip, the
shift of Transformer-XL (appendix B of arXiv 1901.02860) is a view and not three copies, batch norms are folded into the
convolutions before them, and nothing leaves the layout [clips, frames, channels]. It also spares the seconds that
importing the stock model takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.errors import ModelError

Weights = Mapping[str, Tensor]
CPU_QUERIES = 96  # rows of the attention matrix at once on a CPU


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of an encoder's configuration that its weights do not show."""

    layers: int
    heads: int
    stride: int
    scale: float
    activation: Callable[[Tensor], Tensor]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """From ``encoder_config`` of a ParakeetCTCConfig; raises ModelError for an activation unknown here."""
        name = config.get("hidden_act", "silu")
        known: dict[str, Callable[[Tensor], Tensor]] = {
            "silu": functional.silu,
            "swish": functional.silu,
            "relu": functional.relu,
            "gelu": functional.gelu,
        }
        if name not in known:
            raise ModelError(f"config.json: hidden_act {name!r} is not one of {', '.join(known)}.")
        hidden = int(config.get("hidden_size", 1024))
        return cls(
            int(config.get("num_hidden_layers", 24)), int(config.get("num_attention_heads", 8)),
            int(config.get("subsampling_conv_stride", 2)), math.sqrt(hidden) if config.get("scale_input", True) else 1.0,
            known[name],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Tensor
    bias: Tensor | None

    def __call__(self, inputs: Tensor) -> Tensor:
        return functional.linear(inputs, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Tensor
    bias: Tensor

    def __call__(self, inputs: Tensor) -> Tensor:
        return functional.layer_norm(inputs, self.weight.shape, self.weight, self.bias, 1e-5)


@dataclass(frozen=True, slots=True)
class _Layer:
    norms: tuple[_Norm, _Norm, _Norm, _Norm, _Norm]  # feed forward, attention, convolution, feed forward, out
    forward1: tuple[_Linear, _Linear]
    qkv: _Linear
    position: _Linear
    bias_u: Tensor  # [heads, 1, head size], scaled
    bias_v: Tensor
    out: _Linear
    widen: _Linear
    depthwise: tuple[Tensor, Tensor]  # [channels, 1, 1, kernel] with the batch norm folded in
    narrow: _Linear
    forward2: tuple[_Linear, _Linear]


class ParakeetNet:
    """Features to logits. Weights are named as in ParakeetForCTC's state dict."""

    def __init__(self, weights: Weights, shape: Shape, *, device: str = "cpu", dtype: torch.dtype = torch.float32):
        def take(name: str) -> Tensor:
            if name not in weights:
                raise ModelError(
                    f"model.safetensors: the tensor {name} is missing; this is no Parakeet CTC checkpoint."
                )
            return weights[name].to(device, torch.float32)

        self.shape, self.dtype = shape, dtype
        self._convolutions = _convolutions(weights, take, dtype)
        self._join = _scaled(_linear(weights, take, "encoder.subsampling.linear"), shape.scale, dtype)
        self._layers = [_layer(weights, take, f"encoder.layers.{n}.", shape.heads, dtype) for n in range(shape.layers)]
        head = take("ctc_head.weight").squeeze(-1)
        self._head = _Linear(head.to(dtype), take("ctc_head.bias").to(dtype))
        self.vocabulary_size = len(head)

    def frames(self, lengths: Tensor) -> Tensor:
        """Frames of the output for a number of frames of the input."""
        for weight, _bias, stride in self._convolutions:
            if stride > 1:
                lengths = (lengths + (weight.shape[-1] - 1) // 2 * 2 - weight.shape[-1]) // stride + 1
        return lengths

    def __call__(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(logits float32 ``[clips, frames, vocabulary]``, valid frames of each) of padded features ``[clips, n, mels]``."""
        hidden, lengths = self._subsample(features.to(self.dtype), lengths)
        frames = hidden.shape[1]
        padded = torch.arange(frames, device=hidden.device) >= lengths[:, None]
        outside = padded if bool(padded.any()) else None
        positions = _positions(frames, hidden.shape[2], hidden.device).to(self.dtype)
        for layer in self._layers:
            hidden = self._advance(layer, hidden, positions, outside)
        return self._head(hidden).float(), lengths

    def _subsample(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        hidden = features.unsqueeze(1)
        for n, (weight, bias, stride) in enumerate(self._convolutions):
            groups = hidden.shape[1] if n and weight.shape[1] == 1 else 1
            hidden = functional.conv2d(hidden, weight, bias, stride, (weight.shape[-1] - 1) // 2, groups=groups)
            if stride > 1:
                lengths = (lengths + (weight.shape[-1] - 1) // 2 * 2 - weight.shape[-1]) // stride + 1
            if groups == 1:  # the depthwise one has no activation behind it
                hidden = hidden.relu_()
            hidden = _silenced(hidden, lengths)
        return self._join(hidden.transpose(1, 2).flatten(2)), lengths

    def _advance(self, layer: _Layer, hidden: Tensor, positions: Tensor, outside: Tensor | None) -> Tensor:
        first, attention, convolution, second, out = layer.norms
        hidden = hidden + self._feed(layer.forward1, first(hidden))
        hidden = hidden + self._attend(layer, attention(hidden), positions, outside)
        hidden = hidden + self._convolve(layer, convolution(hidden), outside)
        return out(hidden + self._feed(layer.forward2, second(hidden)))

    def _feed(self, forward: tuple[_Linear, _Linear], hidden: Tensor) -> Tensor:
        return forward[1](self.shape.activation(forward[0](hidden)))

    def _attend(self, layer: _Layer, hidden: Tensor, positions: Tensor, outside: Tensor | None) -> Tensor:
        clips, frames, width = hidden.shape
        heads = self.shape.heads
        query, key, value = layer.qkv(hidden).view(clips, frames, 3, heads, -1).permute(2, 0, 3, 1, 4)
        by_place = layer.position(positions).view(-1, heads, width // heads).permute(1, 2, 0)
        block = CPU_QUERIES if hidden.device.type == "cpu" else frames
        parts = []
        for start in range(0, frames, block):
            part = query[:, :, start : start + block]
            bias = _relative(part + layer.bias_v, by_place, start, frames)
            if outside is not None:
                bias.masked_fill_(outside[:, None, None], -math.inf)
            parts.append(functional.scaled_dot_product_attention(part + layer.bias_u, key, value, bias, scale=1.0))
        mixed = torch.cat(parts, 2) if len(parts) > 1 else parts[0]
        return layer.out(mixed.transpose(1, 2).reshape(clips, frames, width))

    def _convolve(self, layer: _Layer, hidden: Tensor, outside: Tensor | None) -> Tensor:
        gated = functional.glu(layer.widen(hidden), -1)
        if outside is not None:
            gated.masked_fill_(outside[..., None], 0.0)
        weight, bias = layer.depthwise
        image = gated.transpose(1, 2).unsqueeze(2)  # [clips, channels, 1, frames], channels last in memory
        mixed = functional.conv2d(image, weight, bias, padding=(0, weight.shape[-1] // 2), groups=len(weight))
        return layer.narrow(self.shape.activation(mixed.squeeze(2).transpose(1, 2)))


def _relative(query: Tensor, by_place: Tensor, start: int, frames: int) -> Tensor:
    """Attention by distance, ``[clips, heads, rows, frames]``, of query rows ``start``...: a view into one product.

    ``by_place`` is ``[heads, head size, 2 * frames - 1]``, the farthest past first in time order: column p stands for
    the distance ``frames - 1 - p`` from query back to key. Rows need only the distances they reach.
    """
    clips, heads, rows, _ = query.shape
    first = frames - start - rows
    places = by_place[:, :, first : first + frames + rows - 1]
    product = query @ places
    steps = product.stride()
    shifted = (clips, heads, rows, frames), (steps[0], steps[1], steps[2] - 1, 1)
    return product.as_strided(*shifted, product.storage_offset() + rows - 1)


def _silenced(hidden: Tensor, lengths: Tensor) -> Tensor:
    """What a convolution wrote behind the end of a clip set back to zero, in place (``[clips, channels, frames, mels]``)."""
    if hidden.device.type != "cpu":
        inside = torch.arange(hidden.shape[2], device=hidden.device) < lengths[:, None]
        return hidden.mul_(inside[:, None, :, None])
    for row, length in enumerate(lengths.tolist()):
        if length < hidden.shape[2]:
            hidden[row, :, length:] = 0
    return hidden


def _positions(frames: int, width: int, device: torch.device) -> Tensor:
    """Sines and cosines of the distances frames - 1 ... 1 - frames, interleaved: ``[2 * frames - 1, width]``."""
    distances = torch.arange(frames - 1, -frames, -1, device=device, dtype=torch.float32)
    rates = 10000.0 ** -(torch.arange(0, width, 2, device=device, dtype=torch.float32) / width)
    angles = distances[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def _linear(weights: Weights, take: Callable[[str], Tensor], name: str) -> _Linear:
    bias = take(f"{name}.bias") if f"{name}.bias" in weights else None
    return _Linear(take(f"{name}.weight").flatten(1), bias)


def _scaled(linear: _Linear, factor: float, dtype: torch.dtype) -> _Linear:
    return _Linear(
        (linear.weight * factor).to(dtype), None if linear.bias is None else (linear.bias * factor).to(dtype)
    )


def _convolutions(
    weights: Weights, take: Callable[[str], Tensor], dtype: torch.dtype
) -> list[tuple[Tensor, Tensor, int]]:
    """(weight, bias, stride) of the convolutions that thin out frames and mels; the ones over single points keep them."""
    found = []
    prefix = "encoder.subsampling.layers."
    for n in sorted({int(name[len(prefix) :].split(".")[0]) for name in weights if name.startswith(prefix)}):
        weight = take(f"{prefix}{n}.weight")
        found.append((weight.to(dtype), take(f"{prefix}{n}.bias").to(dtype), 1 if weight.shape[-1] == 1 else 2))
    return found


def _layer(weights: Weights, take: Callable[[str], Tensor], prefix: str, heads: int, dtype: torch.dtype) -> _Layer:
    def linear(name: str, factor: float = 1.0) -> _Linear:
        return _scaled(_linear(weights, take, prefix + name), factor, dtype)

    def norm(name: str) -> _Norm:
        return _Norm(take(f"{prefix}{name}.weight").to(dtype), take(f"{prefix}{name}.bias").to(dtype))

    query = _linear(weights, take, f"{prefix}self_attn.q_proj")
    scale = (len(query.weight) // heads) ** -0.5
    parts = [_scaled(query, scale, torch.float32)] + [
        _linear(weights, take, f"{prefix}self_attn.{n}_proj") for n in "kv"
    ]
    bias = None if query.bias is None else torch.cat([part.bias for part in parts if part.bias is not None]).to(dtype)
    return _Layer(
        norms=(norm("norm_feed_forward1"), norm("norm_self_att"), norm("norm_conv"), norm("norm_feed_forward2"), norm("norm_out")),
        forward1=(linear("feed_forward1.linear1"), linear("feed_forward1.linear2", 0.5)),  # a conformer adds half of it
        qkv=_Linear(torch.cat([part.weight for part in parts]).to(dtype), bias),
        position=linear("self_attn.relative_k_proj"),
        bias_u=(take(f"{prefix}self_attn.bias_u") * scale).unsqueeze(1).to(dtype),
        bias_v=(take(f"{prefix}self_attn.bias_v") * scale).unsqueeze(1).to(dtype),
        out=linear("self_attn.o_proj"),
        widen=linear("conv.pointwise_conv1"),
        depthwise=_folded(weights, take, f"{prefix}conv.", dtype),
        narrow=linear("conv.pointwise_conv2"),
        forward2=(linear("feed_forward2.linear1"), linear("feed_forward2.linear2", 0.5)),
    )  # fmt: skip


def _folded(weights: Weights, take: Callable[[str], Tensor], prefix: str, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The depthwise convolution with its batch norm: ``[channels, 1, 1, kernel]`` and ``[channels]``."""
    factor = take(f"{prefix}norm.weight") / torch.sqrt(take(f"{prefix}norm.running_var") + 1e-5)
    bias = take(f"{prefix}depthwise_conv.bias") if f"{prefix}depthwise_conv.bias" in weights else 0.0
    shifted = take(f"{prefix}norm.bias") + (bias - take(f"{prefix}norm.running_mean")) * factor
    return (take(f"{prefix}depthwise_conv.weight") * factor[:, None, None]).unsqueeze(2).to(dtype), shifted.to(dtype)
