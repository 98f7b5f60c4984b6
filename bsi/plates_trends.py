"""Figures of trends by name: what each is drawn from, and the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from bsi import selections, study_trends
from bsi.errors import NotEstimable
from bsi.plates import Plate

BOOK, RATES = "03_trends", "figures_rates"


def _drawn(compute: Callable, function: str, words: Callable | None = None, module: str = "figures_trends") -> Callable:
    """Return compute(register, choices) drawn by a function of a module of figures, with words(register, choices)[lang] by name; else the reason in words."""

    def make(register, choices):
        import importlib

        try:
            table = compute(register, choices)
        except NotEstimable as error:
            from bsi.publish import style

            reason = error
            return lambda lang, size: style.message_figure(selections.reason_text(reason, lang), size, lang)
        draw, more = getattr(importlib.import_module(f"bsi.publish.{module}"), function), words(register, choices) if words else {}
        area = {"area": more.pop("area")} if "area" in more else {}
        return lambda lang, size: draw(table, lang, size, **area, **{key: value[lang] for key, value in more.items()})

    return make


def _zone_names(register, choices) -> dict:
    zones = register.zones.set_index("zone_id")
    return {"names": {lang: zones[f"name_{lang}"].to_dict() for lang in ("en", "es")}, "area": selections.area(register, choices)}


def _area(register, choices) -> dict:
    return {"area": selections.area(register, choices)}


def _series_name(register, choices) -> dict:
    from bsi.publish import figures_trends

    return {"name": {lang: figures_trends.series_name(study_trends.trend_area(register, choices)[0], register.zones, lang) for lang in ("en", "es")}}


PLATES_TRENDS = {
    "deaths_by_chosen_period": Plate(
        BOOK, "people dead and missing by the chosen kind of period", _drawn(study_trends.by_period, "deaths_by_period", _area, "figures")
    ),
    "year_to_date": Plate(BOOK, "the fiscal year to date beside the same window before", _drawn(study_trends.to_date, "year_to_date", _area)),
    "change": Plate(BOOK, "the change between two periods by zone and cause", _drawn(study_trends.change, "signed_change", _zone_names)),
    "trend": Plate(BOOK, "trend with season, checks and shifts of level", _drawn(study_trends.trend, "trend", _series_name)),
    "season_drift": Plate(BOOK, "mean day of the year by decade", _drawn(study_trends.drift, "drift", _area)),
    "rates_smoothed": Plate(
        BOOK, "official rates steadied over the whole table", _drawn(lambda r, _c: study_trends.smoothed_rates(r), "smoothed_rates", module=RATES)
    ),
    "denominators": Plate(BOOK, "one count under three denominators", _drawn(lambda r, _c: study_trends.denominators(r), "denominators", module=RATES)),
}
