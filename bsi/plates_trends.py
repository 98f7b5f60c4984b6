"""Figures of trends by name: what each is drawn from, and the function that draws it."""

from __future__ import annotations

from bsi import study_trends
from bsi.plates import OFFICIAL, Plate, drawn, in_area, observed, zone_names
from bsi.publish.language import N_

BOOK = "03_trends"


def _series_name(register, choices) -> dict:
    from bsi.publish import figures_trends

    area = study_trends.trend_area(register, choices)[0]
    return {"name": {lang: figures_trends.series_name(area, register.zones, lang) for lang in ("en", "es")}}


PLATES_TRENDS = {
    "deaths_by_chosen_period": Plate(
        BOOK, N_("People who died or went missing, by the chosen kind of period"), drawn(study_trends.by_period, "figures.deaths_by_period", observed)
    ),
    "year_to_date": Plate(
        BOOK, N_("The fiscal year to date, beside the same window of earlier years"), drawn(study_trends.to_date, "figures_trends.year_to_date", in_area)
    ),
    "change": Plate(
        BOOK,
        N_("The change between two periods by zone and cause"),
        drawn(study_trends.change, "figures_trends.signed_change", lambda register, choices: zone_names(register, choices) | in_area(register, choices)),
    ),
    "trend": Plate(BOOK, N_("Trend and shifts of level, by month of finding"), drawn(study_trends.trend, "figures_trends.trend", _series_name)),
    "season_drift": Plate(BOOK, N_("Has the season moved? Mean day of the year, by decade"), drawn(study_trends.drift, "figures_trends.drift", in_area)),
    "rates_smoothed": Plate(
        BOOK,
        N_("Official rates by sector, steadied where there are few deaths"),
        drawn(lambda register, _c: study_trends.smoothed_rates(register), "figures_rates.smoothed_rates"),
        OFFICIAL,
    ),
    "denominators": Plate(
        BOOK,
        N_("The same deaths per apprehension, per encounter and per agent"),
        drawn(lambda register, _c: study_trends.denominators(register), "figures_rates.denominators"),
        OFFICIAL,
    ),
}
