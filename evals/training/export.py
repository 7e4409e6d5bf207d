"""A trained stage → rag/models/support: ONNX int8, tokenizer, manifest with the hash of the weights."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import click

_OPSET = 17
_INPUTS = ("input_ids", "token_type_ids", "attention_mask")


@click.command()
@click.argument("stage", type=Path)
@click.option("--out", type=Path, default=Path("rag/models/support"), show_default=True)
def main(stage: Path, out: Path) -> None:
    """Write model.onnx, tokenizer.json and model.json; keeps the calibration that is there."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        _export(stage, full)
        _quantize(full, out / "model.onnx")
    shutil.copyfile(stage / "tokenizer.json", out / "tokenizer.json")
    digest = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
    file = out / "model.json"
    manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps(manifest | {"sha256": digest}, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


def _export(stage: Path, file: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(stage, attn_implementation="eager").eval()
    ids = torch.randint(1000, 20_000, (2, 16))
    axes = {name: {0: "pairs", 1: "tokens"} for name in _INPUTS} | {"logits": {0: "pairs"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _logits_only(model),
            (ids, torch.zeros_like(ids), torch.ones_like(ids)),
            str(file),
            input_names=list(_INPUTS),
            output_names=["logits"],
            dynamic_axes=axes,
            dynamo=False,
            opset_version=_OPSET,
        )


def _quantize(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, per_channel=True)


def _logits_only(model: Any) -> Any:
    import torch

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, types: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, token_type_ids=types, attention_mask=mask).logits

    return Logits()


if __name__ == "__main__":
    main()
