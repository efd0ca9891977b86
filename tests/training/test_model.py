"""The network as a file."""

import io
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mlpcli.config.schema import Config
from mlpcli.training.backend import keras
from mlpcli.training.model import build_mlp, to_bytes

pytestmark = pytest.mark.tf

CONFIG = Config(name="a", layers=2, width=3, learning_rate=0.1, steps=1, batch_size=1)
CLOCKS = {"before ZIP": 0.0, "before 1970": -1e9, "after ZIP": 4.5e9}  # 1970, 1938, 2112


@pytest.mark.parametrize("seconds", CLOCKS.values(), ids=CLOCKS)
def test_a_model_is_saved_whatever_the_clock_says(
    seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build_mlp(CONFIG)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: seconds)
        content = to_bytes(model)
    (tmp_path / "model.keras").write_bytes(content)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_members_time_is_zips_first_day() -> None:
    members = zipfile.ZipFile(io.BytesIO(to_bytes(build_mlp(CONFIG)))).infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {member.filename for member in members} == {
        *("metadata.json", "config.json", "model.weights.h5"),
    }
