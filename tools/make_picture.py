"""Draw the picture in the README: the page of fixtures/atip-page.txt, raw beside clean, as `ocrclean show` prints it.

python tools/make_picture.py docs/before-after.svg
"""

from __future__ import annotations

import re
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from ocrclean import api, record, show

PAGE = Path(__file__).parent.parent / "fixtures" / "atip-page.txt"
WIDTH = 216


def main(target: Path) -> None:
    """Write the picture; it loads nothing from anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, PAGE.name)
        record.write(api.clean(PAGE.read_text(encoding="utf-8")), place, options={})
        console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
        console.print(show.page(record.read(place), 1))
    svg = console.export_svg(title="ocrclean show", theme=DEFAULT_TERMINAL_THEME, unique_id="page")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
    target.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
