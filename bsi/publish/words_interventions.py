"""The words of the figures of ratios: titles, notes and names of the choices compared."""

from __future__ import annotations

from bsi.publish.language import N_

RATIO = N_("Ratio after / before (logarithmic)")
FORESTS = {
    "canal": {
        "title": N_("Buoy lines in the canal: the result under other choices"),
        "note": N_(
            "Drownings after the buoy lines over those before; dots with 95% intervals; "
            "dashed: no change. The first line is the one chosen before fitting."
        ),
        "axis": RATIO,
        "caption": N_("Dots: drownings after the buoy lines over those before, choice by choice; lines: 95% intervals. If the answer changed with a "
                      "choice that could have been made otherwise, it would not be one."),
        "names": {
            "encounters": N_("Per encounter in El Centro (chosen beforehand)"), "ohss": N_("Per encounter as OHSS publishes them"),
            "apprehensions": N_("Per apprehension (fiscal years)"), "no_exposure": N_("Without exposure"), "three_years": N_("Three years after"),
            "ten_years": N_("Ten years after"), "possible": N_("All that may lie in the zone"), "county": N_("All drownings of Imperial County"),
            "county_no_exposure": N_("The county, without exposure"), "with_undetermined": N_("With undetermined causes"),
            "one_list": N_("One list only (county coroner)"),
            "beside_county": N_("Beside other deaths of the county"), "interrupted_level": N_("Interrupted series: change of level"),
        },
    },
    "places": {
        "title": N_("The canal beside places where nothing was done"),
        "note": N_(
            "Deaths a month after the buoy lines over those before, without exposure: drownings in the canal, then deaths of every cause in each county "
            "that the lists reach throughout, Imperial without the canal. Dots with exact 95% intervals; dashed: no change."
        ),
        "axis": RATIO,
        "caption": N_("Dots: deaths after the buoy lines over those before, place by place; lines: exact 95% intervals. Where places without any "
                      "measure changed as much, the change in the canal is no evidence. So few places can never give a small chance."),
        "names": {"canal": N_("The canal: drownings")},
    },
    "panel": {
        "title": N_("Deaths and agents: sectors and fiscal years"),
        "note": N_(
            "Ratio of deaths where agents are 10% more than usual for the sector and year, at "
            "equal apprehensions; 95% intervals as if sectors were independent."
        ),
        "axis": N_("Ratio of deaths (logarithmic)"),
        "caption": N_(
            "Dots: ratio of deaths with 10% more agents; lines: 95% intervals. Agents are sent where people cross: this describes, it does not show an effect. "
            "Randomization, which allows for the sectors being few, is in the table of the same ratios."
        ),
        "names": {
            "all": N_("All sectors and years"), "without_tucson": N_("Without Tucson, whose counting rule changed"),
            "without_big_bend": N_("Without Big Bend"),
            "agents_year_before": N_("Agents of the year before"), "from_fy2006": N_("Later years only"),
        },
    },
    "heat": {
        "title": N_("Heat: risk of a death for each degree more, by era"),
        "note": N_("Relative risk per degree Celsius of the day's maximum, warm months, each era by itself with its own years; dots with 95% intervals."),
        "axis": N_("Ratio of deaths per degree Celsius"),
        "caption": N_("Dots: relative risk of a death for each degree more, by era; lines: 95% intervals. The risk per degree is comparable over time; "
                      "a threshold temperature is not, since it moves with the number of people."),
        "names": {},
    },
    "lags": {
        "title": N_("Heat of the day, and of the days before"),
        "note": N_(
            "Relative risk per degree Celsius of each day's maximum with the others held equal, for people found within a day of death; dots with 95% "
            "intervals; dashed: no risk added."
        ),
        "axis": N_("Ratio of deaths per degree Celsius"),
        "caption": N_("Dots: relative risk of a death for each degree more on a day; lines: 95% intervals. Only people found within a day of death can "
                      "tell one day from the next; they are few, and found where people pass."),
        "names": {0: N_("The same day"), 1: N_("The day before"), 2: N_("Two days before"), 3: N_("Three days before")},
    },
}  # fmt: skip
