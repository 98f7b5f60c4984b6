"""Tables in a notebook: sorted, searched, paged and copied without a network, their controls in the language of the reader."""

from __future__ import annotations

import functools

import pandas as pd

from bsi.publish.language import DASH, LANGUAGES, translator

WIDTHS = {"longest": 250, "long": 40, "short": 0}  # class of a column of words: from how many characters; no row is to be as tall as a column is narrow
STYLE = ".dt-container td.longest{min-width:40em} .dt-container td.long{min-width:22em} .dt-container td.short{white-space:nowrap}"
NUMBER = """function(x, how) {{
  const known = x !== null && !Number.isNaN(x);
  return how === 'display' ? (known ? x.toFixed({digits}).replace('Infinity', '∞') : '{dash}') : known ? x : -1e300 }}"""


@functools.cache
def load() -> None:
    """Put the table library into the notebook, once a kernel; `load.cache_clear()` has it put there again."""
    import itables

    itables.options.warn_on_unexpected_option_type = False  # it takes the words of the controls for a flat list; DataTables nests them
    itables.init_notebook_mode(all_interactive=False, connected=False)


def browse(frame: pd.DataFrame, caption: str = "", lang: str = "en") -> None:
    """Show a table that can be sorted and searched; a table of one sentence, which tells why there is none, is shown as that sentence.

    Parameters
    ----------
    frame : any table; its geometry and its columns of the other language are left out
    caption : line above it
    lang : "en" or "es"

    Raises
    ------
    InputError
        The language is unknown.
    """
    import itables
    from IPython.display import Markdown, display

    words = controls(lang)
    display(Markdown(f"**{caption}**"))  # a caption of the table itself is lost where the table is wide enough to scroll
    if list(frame.columns) == [""]:
        display(Markdown(frame.iat[0, 0]))
        return
    load()
    shown = legible(frame, lang)
    pages = {"pageLength": 15, "lengthMenu": [15]}
    buttons = [{"extend": "copyHtml5", "text": words["buttons"]["copy"]}, {"extend": "csvHtml5", "text": "CSV"}]
    look = {"maxBytes": 0, "classes": "display compact", "css": STYLE, "text_in_header_can_be_selected": False, "display_logo_when_loading": False}
    itables.show(shown, columnDefs=columns(shown), language=words, buttons=buttons, **pages, **look)


def legible(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the table as it is shown: a named index as columns, no geometry and no text of the other language, days as YYYY-MM-DD, a dash for unknown."""
    others = tuple(f"_{code}" for code in LANGUAGES if code != lang)
    out = pd.DataFrame(frame).reset_index(drop=frame.index.names == [None])
    out = out.drop(columns=[c for c in out.columns if c == "geometry" or str(c).endswith(others)])
    for name, column in out.items():
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            out[name] = column.astype("float64")
        else:
            text = column.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(column) else column.astype(object)
            out[name] = text.astype(object).where(column.notna(), DASH)
    return out


def columns(shown: pd.DataFrame) -> list[dict]:
    """Return what DataTables is told of the columns: numbers to the right with as many decimals as their size needs, words to the left, long ones wide."""
    from itables import JavascriptFunction

    out = []
    for i, (_name, column) in enumerate(shown.items()):
        if column.dtype == "float64":
            out.append({"targets": i, "render": JavascriptFunction(NUMBER.format(dash=DASH, digits=decimals(column)))})
        else:
            most = column.astype(str).str.len().max()
            width = next((name for name, least in WIDTHS.items() if most > least), "short")
            out.append({"targets": i, "className": f"dt-head-left dt-body-left {width}"})
    return out


def decimals(column: pd.Series) -> int:
    """Return how many decimals the numbers of a column are shown with: none for counts, two from ten up, else four.

    Examples
    --------
    >>> decimals(pd.Series([2.0, None])), decimals(pd.Series([0.5, 39.7])), decimals(pd.Series([0.5, 1.25]))
    (0, 2, 4)
    """
    known = column.dropna()
    return 0 if (known % 1 == 0).all() else 2 if known.abs().max() >= 10 else 4


def controls(lang: str) -> dict:
    """Return the words of the controls of a table as DataTables asks for them."""
    _ = translator(lang)
    many = _("%d rows copied")
    return {
        "search": _("Search:"),
        "info": _("Rows _START_ to _END_ of _TOTAL_"),
        "infoEmpty": _("No rows"),
        "infoFiltered": _("(of _MAX_ in all)"),
        "emptyTable": _("No rows"),
        "zeroRecords": _("No row holds these words"),
        "buttons": {"copy": _("Copy"), "copyTitle": _("Copied"), "copySuccess": {"1": _("One row copied"), "_": many}},
        "aria": {
            "orderable": _(": sort upwards"),
            "orderableReverse": _(": sort downwards"),
            "orderableRemove": _(": undo the sorting"),
            "paginate": {"first": _("First page"), "previous": _("Page before"), "next": _("Next page"), "last": _("Last page"), "number": _("Page ")},
        },
    }
