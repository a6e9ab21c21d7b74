"""What a pickle would import, found by reading its opcodes: nothing of it is run.

torch.load(weights_only=True) refuses foreign names too, but only while it is already rebuilding objects. Here a file is
read first, and one name outside the short list of tensor builders is enough to refuse it.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ModelError

ALLOWED = {
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_tensor"),
    ("torch", "Size"), ("torch.serialization", "_get_layout"), ("torch", "device"), ("torch", "Tensor"),
} | {
    ("torch", f"{kind}{end}")
    for kind in ("Float", "Half", "BFloat16", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool")
    for end in ("Storage", "Tensor")
} | {("torch", name) for name in ("float32", "float16", "bfloat16", "float64", "int64", "int32", "bool")}  # fmt: skip
LEGACY_PICKLES = 5  # magic number, protocol, system, objects, keys of storages: torch before 1.6


def refuse_foreign_names(file: Path, also: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Raises ModelError when unpickling a torch file would import anything but what rebuilds tensors, and ``also``."""
    try:
        for module, name in _names(file):
            if (module, name) not in ALLOWED | also:
                raise ModelError(
                    f"{file.name}: its pickle would import {module}.{name}, which no weights need. Refused; nothing of it "
                    "was run. Ask for the weights as safetensors."
                )
    except (ValueError, EOFError, zipfile.BadZipFile, UnicodeDecodeError, KeyError, IndexError) as error:
        raise ModelError(f"{file.name}: not a file of torch weights: {error}") from error


def _names(file: Path) -> Iterator[tuple[str, str]]:
    for stream in _streams(file):
        yield from _imports(stream)


def _streams(file: Path) -> Iterator[bytes]:
    """The pickles inside: one in a zip archive, several one after the other in an old file."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            inside = [name for name in archive.namelist() if name.endswith(".pkl")]
            if not inside:
                raise ValueError("the archive holds no pickle")
            for name in inside:
                yield archive.read(name)
        return
    data = io.BytesIO(file.read_bytes())
    for _ in range(LEGACY_PICKLES):
        start = data.tell()
        for _opcode, _argument, _place in pickletools.genops(data):
            pass
        end = data.tell()
        yield data.getbuffer()[start:end].tobytes()


def _imports(stream: bytes) -> Iterator[tuple[str, str]]:
    """(module, name) of every import opcode. A name put together on the stack is read off the strings before it."""
    texts: list[str] = []
    memo: dict[int, str] = {}
    for opcode, argument, _place in pickletools.genops(stream):
        if opcode.name in ("GLOBAL", "INST"):
            module, _, name = str(argument).partition(" ")
            yield module, name
        elif opcode.name == "STACK_GLOBAL":
            yield (texts[-2], texts[-1]) if len(texts) > 1 else ("?", "?")
        elif opcode.name in ("EXT1", "EXT2", "EXT4"):
            yield "copyreg", f"extension {argument}"
        elif "UNICODE" in opcode.name or "STRING" in opcode.name:
            texts.append(str(argument))
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = texts[-1] if texts else "?"
        elif opcode.name in ("BINGET", "LONG_BINGET"):
            texts.append(memo.get(argument or 0, "?"))
