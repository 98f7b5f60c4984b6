"""The Word file of the report: the styles that pandoc writes with, and what its writer leaves undone."""

from __future__ import annotations

import html
import re
import subprocess
import zipfile
from pathlib import Path

LETTERS = "Georgia"
BODY, CAPTION = 21, 18  # half points
TEXT_WIDTH = 9936  # twentieths of a point, as are the numbers of the next line
PAGE = (  # letter; margins of 0.8 inches, so that the widest table has no head broken inside a word
    '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1152" w:right="1152" w:bottom="1152" w:left="1152" w:header="576" w:footer="576" w:gutter="0"/>'
)
BLANK = 4  # a blank picture is so much smaller
SHORT, BRIEF = 24, 2000  # rows, characters; a table of no more is not broken over two pages (as in report.lua)
TABLE_STYLE = (
    '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:rPr><w:sz w:val="16"/></w:rPr><w:tblPr><w:tblBorders>'
    '<w:top w:val="single" w:sz="6" w:color="444444"/><w:bottom w:val="single" w:sz="6" w:color="444444"/>'
    '<w:insideH w:val="single" w:sz="2" w:color="C9C9C9"/></w:tblBorders><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
    '<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:sz w:val="15"/></w:rPr><w:tblPr/>'
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
UNBROKEN = '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">'
MARK = '<w:r><w:rPr><w:b/><w:sz w:val="17"/><w:shd w:val="clear" w:color="auto" w:fill="FFDF8A"/></w:rPr><w:t>{mark}</w:t></w:r>'
FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{WORD}"><w:p><w:pPr><w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs></w:pPr>{{mark}}'
    '<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:rPr><w:sz w:val="17"/></w:rPr><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    "</w:p></w:ftr>"
)


def reference(path: Path, mark: str = "") -> Path:
    """Write the document that pandoc takes its styles from to `path` and return it; `mark` and the number of the page stand at the foot of every page."""
    import pypandoc

    default = subprocess.run([pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"], capture_output=True, check=True).stdout
    path.write_bytes(default)
    parts = _parts(path)
    parts["word/styles.xml"] = _styled(parts["word/styles.xml"].decode()).encode()
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:footnotePr>", f"</w:footnotePr>{PAGE}".encode(), 1)
    _put_at_the_foot(parts, mark)
    _pack(parts, path)
    return path


def blanks(markdown: str, figures: Path, folder: Path) -> None:
    """Write a small blank picture for every picture of the text into `folder`: pandoc needs its shape alone, and packs whole pictures slowly."""
    from PIL import Image

    for name in set(re.findall(r"\(([\w.-]+\.png)\)", markdown)):
        if (figures / name).is_file():
            with Image.open(figures / name) as picture:
                Image.new("1", (round(picture.width / BLANK), round(picture.height / BLANK))).save(folder / name)


def finish(path: Path, figures: Path) -> None:
    """Give the Word file that pandoc wrote to `path` its pictures, rows that stay whole, tables as wide as the text, and a title without a broken name."""
    parts = _parts(path)
    text = parts["word/document.xml"].decode()
    media = dict(re.findall(r'Id="(rId\d+)" Target="(media/[^"]+)"', parts["word/_rels/document.xml.rels"].decode()))
    for name, number in re.findall(r'<pic:cNvPr descr="([\w.-]+)".*?r:embed="(rId\d+)"', text):
        parts[f"word/{media[number]}"] = (figures / name).read_bytes()
    text = re.sub(r'(<w:tbl>.*?</w:tbl>)(\s*<w:p><w:pPr><w:pStyle w:val="Limits" />)?', _whole, text, flags=re.DOTALL)
    text = re.sub(
        r'(<w:pStyle w:val="Title" />.*?<w:t [^>]*>)([^<]*)', lambda m: m.group(1) + m.group(2).replace("-", UNBROKEN), text, count=1, flags=re.DOTALL
    )
    parts["word/document.xml"] = text.encode()
    _pack(parts, path)


def _whole(match: re.Match) -> str:
    """Return a table whose rows are not cut in two, that is whole where it is short, else has no row alone, and keeps what stands below it."""
    table, below = match.group(1), match.group(2) or ""
    widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', table)]
    table = re.sub(r'<w:gridCol w:w="(\d+)"', lambda m: f'<w:gridCol w:w="{int(m.group(1)) * TEXT_WIDTH // sum(widths)}"', table)
    head, *rows = table.replace("<w:trPr>", "<w:trPr><w:cantSplit/>").split("<w:tr>")
    rows = [row if row.startswith("<w:trPr>") else f"<w:trPr><w:cantSplit/></w:trPr>{row}" for row in rows]
    is_short = len(rows) <= SHORT and len(re.sub("<[^>]+>", "", table)) <= BRIEF
    held = range(len(rows) - 1) if is_short else (0, 1, len(rows) - 2)
    for i in {*held, *([len(rows) - 1] if below else [])}:
        rows[i] = rows[i].replace('<w:pStyle w:val="Compact" />', '<w:pStyle w:val="Compact" /><w:keepNext/>')
    return "<w:tr>".join([head, *rows]) + below


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pack(parts: dict[str, bytes], path: Path) -> None:
    """Write the parts of a document, the same parts to the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            method = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, method)


def _put_at_the_foot(parts: dict[str, bytes], mark: str) -> None:
    """Add a footer with the mark, if any, and the number of the page to the parts of a document."""
    parts["word/footer1.xml"] = FOOTER.format(mark=MARK.format(mark=html.escape(mark)) if mark else "").encode()
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
