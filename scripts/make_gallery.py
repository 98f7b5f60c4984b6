"""Remake the README's pictures from a built register of real files: `make gallery DATA=folder`."""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

import bsi
from bsi import edition

SHOWN = ("accounting", "deaths_by_fiscal_year", "deaths_by_sector", "map_canal", "map_desert", "rates_by_sector", "source_overlap", "source_spans")
GALLERY = Path(__file__).resolve().parents[1] / "figures" / "gallery"


def main(out: str) -> None:
    """Save the shown figures in both languages at double-column width and put their pictures and papers into figures/gallery."""
    register = bsi.open(out)
    if register.build["is_sample"]:
        sys.exit("the gallery shows real figures: give a folder of real files, make gallery DATA=folder")
    GALLERY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name in SHOWN:
            edition.save(name, register, to=Path(scratch), sizes=("double",))
            shutil.copyfile(Path(scratch) / f"{name}.json", GALLERY / f"{name}.json")
            for path in Path(scratch).glob(f"{name}-double.*.png"):
                Image.open(path).convert("RGB").quantize(256).save(GALLERY / path.name, optimize=True)  # a third of the size
            print(name)


if __name__ == "__main__":
    main(sys.argv[1])
