"""What the pages show a reader in Python runs, from the first block of a page to its last."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def blocks_of(page):
    return BLOCK.findall((ROOT / page).read_text())


def test_every_block_about_methods_runs_after_those_before_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = {}
    for block in blocks_of("docs/methods.md"):
        exec(block, said)
    assert {"rival", "taught", "numbered"} <= said.keys()


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page):
    """Files that are there, and headings that their page has."""
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors_of(file.read_text()), f"{page} links to {target}"


def anchors_of(text):
    """As GitHub names headings, and what is named by hand."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    named = re.findall(r'<a name="([\w-]+)">', text)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings} | {
        *named
    }
