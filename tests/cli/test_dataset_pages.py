"""What the pages of `cmd-keras datasets` say is what tensorflow-datasets needs."""

import re
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow_datasets as tfds
from click.testing import CliRunner

import cli
from cli.datasets import _PAGES, datasets


@pytest.mark.parametrize("page", _PAGES)
def test_a_page_is_printed_whole(page):
    done = CliRunner().invoke(datasets, [page])
    assert done.exit_code == 0
    assert done.output.strip() == Path(cli.__file__).with_name(f"{page}.md").read_text().strip()
    assert f"cmd-keras train --dataset {'folder:' if 'webvision' in page else ''}{page}" in (
        done.output
    )


@pytest.mark.parametrize("name", ["cifar10_n", "cifar100_n"])
def test_a_page_names_the_labels_and_files_that_there_are(name, tmp_path):
    page = Path(cli.__file__).with_name(f"{name}.md").read_text()
    builder = tfds.builder(name, data_dir=str(tmp_path))
    features = builder.info.features
    keys = {k for k, f in features.items() if isinstance(f, tfds.features.ClassLabel)}
    assert set(re.findall(r"`(\w*label\d?)`", page)) == keys - {"coarse_label"}
    for file in re.findall(r"'([\w-]+\.\w+)'", builder.MANUAL_DOWNLOAD_INSTRUCTIONS):
        assert f"`{file}`" in page


@pytest.mark.parametrize(("name", "count"), [("cifar10_n", "10"), ("cifar100_n", "100")])
def test_the_code_of_a_page_makes_the_files_that_are_read(name, count, tmp_path, monkeypatch):
    page = Path(cli.__file__).with_name(f"{name}.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    source = tmp_path / "cifar-10-100n"
    (source / "data").mkdir(parents=True)
    (source / f"side_info_cifar{count}N.csv").write_text("side")
    (source / f"image_order_c{count}.npy").write_text("order")
    labels = {"clean_label": np.array([1, 2]), "noise_label": np.array([1, 0])}
    np.save(source / "data" / f"CIFAR-{count}_human_ordered.npy", labels, allow_pickle=True)
    (tmp_path / "prepare.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    runpy.run_path("prepare.py")
    manual = tmp_path / "tensorflow_datasets" / "downloads" / "manual"
    wanted = tfds.builder(name, data_dir=str(tmp_path))._cifar_info
    for file in (wanted.human_label_path, wanted.side_info_path, wanted.annotations_order_path):
        assert (manual / file).is_file()
    assert pd.read_csv(manual / wanted.human_label_path).to_dict("list") == {
        "clean_label": [1, 2],
        "noise_label": [1, 0],
    }
