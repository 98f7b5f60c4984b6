"""The Word styles of the report: pandoc's own reference document with the fonts, colours and table rules of the other formats."""

from __future__ import annotations

import html
import re
import subprocess
import zipfile
from pathlib import Path

LETTERS = "Georgia"
BODY, CAPTION = 21, 18  # half points
PAGE = (  # letter; margins of 0.8 inches, so that the widest table has no head broken inside a word
    '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1152" w:right="1152" w:bottom="1152" w:left="1152" w:header="576" w:footer="576" w:gutter="0"/>'
)
TABLE_STYLE = (
    '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:rPr><w:sz w:val="16"/></w:rPr><w:tblPr><w:tblBorders>'
    '<w:top w:val="single" w:sz="6" w:color="444444"/><w:bottom w:val="single" w:sz="6" w:color="444444"/>'
    '<w:insideH w:val="single" w:sz="2" w:color="C9C9C9"/></w:tblBorders><w:tblCellMar><w:left w:w="40" w:type="dxa"/>'
    '<w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:sz w:val="15"/></w:rPr><w:tblPr/>'
    '<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="444444"/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>'
)
LIMITS_STYLE = (
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Limits"><w:name w:val="Limits"/><w:basedOn w:val="BodyText"/><w:qFormat/><w:pPr><w:pBdr>'
    '<w:left w:val="single" w:sz="12" w:space="8" w:color="B9B3A2"/></w:pBdr><w:spacing w:before="60" w:after="240"/><w:ind w:left="200"/></w:pPr>'
    '<w:rPr><w:sz w:val="18"/></w:rPr></w:style>'
)
TOC_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="TOC{level}"><w:name w:val="toc {level}"/><w:basedOn w:val="Normal"/><w:uiPriority w:val="39"/><w:pPr>'
    f'<w:spacing w:before="{before}" w:after="0"/><w:ind w:left="{indent}"/></w:pPr></w:style>'
    for level, before, indent in ((1, 80, 0), (2, 0, 300))
)


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{WORD}"><w:p><w:r><w:rPr><w:b/><w:sz w:val="17"/>'
    '<w:shd w:val="clear" w:color="auto" w:fill="FFDF8A"/></w:rPr><w:t>{mark}</w:t></w:r></w:p></w:ftr>'
)


def reference(path: Path, mark: str = "") -> Path:
    """Write the reference document to `path` and return it; `mark` stands at the foot of every page."""
    import pypandoc

    default = subprocess.run([pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"], capture_output=True, check=True).stdout
    path.write_bytes(default)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/styles.xml"] = _styled(parts["word/styles.xml"].decode()).encode()
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:footnotePr>", f"</w:footnotePr>{PAGE}".encode(), 1)
    if mark:
        _put_at_the_foot(parts, mark)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return path


def _put_at_the_foot(parts: dict[str, bytes], mark: str) -> None:
    """Add a footer with the mark to the parts of a document."""
    parts["word/footer1.xml"] = FOOTER.format(mark=html.escape(mark)).encode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    for name, before, new in (
        ("[Content_Types].xml", "</Types>", f'<Override PartName="/word/footer1.xml" ContentType="{kind}"/></Types>'),
        ("word/_rels/document.xml.rels", "</Relationships>", f'<Relationship Id="rIdFoot" Type="{OFFICE}/footer" Target="footer1.xml"/></Relationships>'),
        ("word/document.xml", "<w:footnotePr>", f'<w:footerReference xmlns:r="{OFFICE}" w:type="default" r:id="rIdFoot"/><w:footnotePr>'),
    ):
        parts[name] = parts[name].replace(before.encode(), new.encode(), 1)


def _styled(styles: str) -> str:
    """Return styles.xml with dark text instead of blue headings, one family of letters, and ruled tables."""
    styles = re.sub(r'<w:rFonts [^>]*w:asciiTheme="(major|minor)[^"]*"[^>]*/>', f'<w:rFonts w:ascii="{LETTERS}" w:hAnsi="{LETTERS}" w:cs="{LETTERS}"/>', styles)
    styles = re.sub(r'<w:color w:val="(?!FFFFFF|auto)[0-9A-Fa-f]{6}"[^>]*/>', '<w:color w:val="1B1B1B"/>', styles)
    styles = re.sub(r'<w:sz w:val="24" />\s*<w:szCs w:val="24" />', f'<w:sz w:val="{BODY}"/><w:szCs w:val="{BODY}"/>', styles, count=1)
    styles = re.sub(r'(w:styleId="Caption">.*?<w:rPr>)\s*<w:i />', rf'\1<w:color w:val="4F4F4F"/><w:sz w:val="{CAPTION}"/>', styles, count=1, flags=re.DOTALL)
    styles = styles.replace("</w:styles>", LIMITS_STYLE + TOC_STYLES + "</w:styles>")
    return re.sub(r'<w:style w:type="table"[^>]*w:styleId="Table"[^>]*>.*?</w:style>', TABLE_STYLE, styles, flags=re.DOTALL)
