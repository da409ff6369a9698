"""How the pages become a site: links to the repository's files lead to copies of them in it."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[([^\]]*)\]\(\.\./([\w./-]+)\)")
_FOLDER = "repository"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files outside of docs/ that pages link to."""
    text = "\n".join(page.read_text() for page in Path(config.docs_dir).glob("*.md"))
    for path in sorted({path for _, path in _LINK.findall(text)}):
        if (ROOT / path).is_file():
            made = File.generated(config, _copied(path), abs_src_path=str(ROOT / path))
            files.append(made)
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Have links out of docs/ lead to the copies; a folder's name stays without a link."""
    return _LINK.sub(_replaced, markdown)


def _replaced(link: re.Match[str]) -> str:
    words, path = link.groups()
    return f"[{words}]({_copied(path)})" if (ROOT / path).is_file() else words


def _copied(path: str) -> str:
    """Where a file of the repository lies in the site: as text, so that a browser shows it."""
    return f"{_FOLDER}/{path}.txt"
