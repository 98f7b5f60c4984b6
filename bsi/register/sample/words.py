"""The words of the sources' layouts, with the frequencies that the sample draws them at (headers and vocabularies as published; places invented)."""

from __future__ import annotations

OGIS_HEADERS = [
    "ML Number",
    "Name",
    "Sex",
    "Age",
    "Reporting Date",
    "Surface Management",
    "Location",
    "Location Precision",
    "Corridor Code",
    "Corridor",
    "Cause of Death",
    "OME Determined COD",
    "Condition Code",
    "Body Condition",
    "Post Mortem Interval",
    "State",
    "County",
    "Latitude",
    "Longitude",
    "UTM X",
    "UTM Y",
]
OGIS_PRECISION = (  # words, radius in m, share
    ("GPS Coordinate (precise to within ca. 300ft./100m)", 100, 0.683),
    ("Street Address (precise to within ca. 1000ft/300m)", 300, 0.024),
    ("physical description with directions, distances, and landmarks (precise to within 1mi/2km)", 2000, 0.155),
    ("vague physical description (precise to within 10mi/15km)", 15000, 0.12),
    ("no location description", 40000, 0.009),
    ("individual moved from location where they originally collapsed or died", 40000, 0.009),
)
OGIS_CONDITION = (  # by class 0 (blank) to 7: condition, post-mortem interval
    ("", ""),
    ("Fully fleshed", "< 1 day"),
    ("Decomposed", "< 1 week "),
    ("Decomposed w/ focal skeletonization", "< 3 weeks "),
    ("Skeletonization w/ mummification", "< 5 weeks "),
    ("Skeletonization w/ articulation/ligamentous attachments", "< 3 months "),
    ("Complete skeletonization w/ disarticulation", "< 6-8 months "),
    ("Complete skeletonization w/ bone degradation", "> 6-8 months "),
)
OGIS_CAUSES = {  # true cause -> class of the examiner, variants of the text
    "heat": (
        "Exposure",
        (
            "PROBABLE HYPERTHERMIA",
            "HYPERTHERMIA",
            "Probable hyperthermia",
            "HYPERTHERMIA DUE TO EXPOSURE",
            "PROBABLE EXPOSURE",
            "ENVIRONMENTAL HEAT EXPOSURE",
            "PROBABLE HYPERTHERMIA DUE TO EXPOSURE TO THE ELEMENTS",
            "PROBABLE HYPERTHERMIA AND DEHYDRATION",
            "HYPERTHERMIA, EXPOSURE",
        ),
    ),
    "cold": ("Exposure", ("PROBABLE HYPOTHERMIA", "HYPOTHERMIA", "Hypothermia")),
    "gunshot": ("Gunshot Wound", ("MULTIPLE GUNSHOT WOUNDS", "GUNSHOT WOUND OF HEAD", "Multiple gunshot wounds")),
    "blunt": ("Blunt Force Injury", ("MULTIPLE BLUNT FORCE INJURIES", "BLUNT FORCE INJURIES OF HEAD", "MULTIPLE INJURIES DUE TO BLUNT FORCE TRAUMA")),
    "vehicle": ("Motor Vehicle Accident", ("MULTIPLE BLUNT FORCE INJURIES", "Multiple blunt force injuries")),
    "drowning": ("Drowning", ("DROWNING", "PROBABLE DROWNING", "Drowning")),
    "disease": ("Heart Disease", ("ATHEROSCLEROTIC CARDIOVASCULAR DISEASE", "Probable cardiac arrhythmia")),
    "other": ("Other Injury / Homicide", ("HANGING", "ASPHYXIA", "DRUG OVERDOSE")),
    "skeletal": (
        "Skeletal Remains",
        (
            "UNDETERMINED - SKELETAL REMAINS",
            "UNDETERMINED (SKELETAL REMAINS)",
            "UNDETERMINED -- SKELETAL REMAINS",
            "Undetermined-skeletal remains",
            "UNDETERMINED DUE TO SKELETAL REMAINS",
            "UNDETERMINED (PARTIAL SKELETAL REMAINS)",
            "UNDETERMINED (MUMMIFIED, PARTIALLY SKELETONIZED REMAINS)",
        ),
    ),
    "undetermined": ("Undetermined", ("UNDETERMINED", "Undetermined", "UNDETERMINED - DECOMPOSED REMAINS", "UNKNOWN")),
    "pending": ("Pending", ("Pending",)),
    "blank": ("", ("",)),
}
# share of skeletal and undetermined findings by condition class, as the published counts have them
SKELETAL_SHARE = (0.02, 0.001, 0.04, 0.27, 0.37, 0.65, 0.74, 0.75)
UNDETERMINED_SHARE = (0.45, 0.014, 0.05, 0.11, 0.2, 0.12, 0.22, 0.22)

NMD_HEADERS = ["Source", "Year", "Date", "Age", "Age_Range", "Gender", "Nationality", "Cause_of_Death", "Latitude", "Longitude", "County", "State"]
# office -> source text cut at 30 characters, month-first dates with slashes, share without date, point, age, nationality, cause; county and state shown
NMD_OFFICES = {
    "san_diego": ("San Diego County Office of the", True, 0.0, 0.002, 0.15, 0.08, 0.03, False, ""),
    "imperial": ("Imperial County Coroners Office", True, 0.003, 0.07, 0.33, 0.67, 0.01, False, ""),
    "yuma": ("Yuma County Medical Examiner", True, 0.0, 0.0, 0.05, 0.03, 0.0, False, ""),
    "el_paso": ("El Paso Sector Database", False, 0.04, 0.045, 0.29, 0.35, 0.21, True, ""),
    "pima": ("Pima County Office of the Medic", False, 0.0, 0.0, 0.0, 1.0, 0.04, True, "Arizona"),
    "brooks": ("Brooks County", False, 0.001, 0.16, 0.46, 0.44, 1.0, True, "origin"),
    "kenedy": ("Kenedy County", False, 0.006, 0.3, 0.53, 0.47, 1.0, True, "origin"),
    "maverick_county": ("Maverick County", False, 0.0, 0.055, 0.34, 0.37, 0.03, True, ""),
    "texas": ("Other Texas Counties", False, 0.48, 0.8, 1.0, 0.3, 0.35, True, "Texas"),
    "maverick": ("Maverick", True, 0.023, 0.83, 0.52, 0.45, 0.09, False, ""),
}
NMD_CAUSES = {
    "heat": (
        "Environmental hyperthermia",
        "Probable environmental hyperthermia",
        "Exposure to the Elements",
        "Exposure to High Outdoor Temps",
        "HEAT STROKE",
        "Dehydration / heat exposure",
        "Exposure",
        "Effect of heat exposure                 Enviromental Hyperthermia",
        "Hyperthermia due to: Environmental exposure",
    ),
    "cold": ("Environmental hypothermia", "HYPOTHERMIA", "Hypothermia due to: Hypothermia"),
    "gunshot": ("Gunshot Wound", "GUNSHOT WOUND OF HEAD"),
    "blunt": ("Multiple blunt force injuries", "Fall From Height", "BLUNT TRAUMA", "Blunt Trauma"),
    "vehicle": ("Motor Vehicle Accident", "BFI, MULTIPLE BLUNT FORCE INJURIES", "Car crash"),
    "drowning": ("Drowning", "DROWNING", "ASPHYXIA DUE TO DROWNING", "Asphyxia due to drowning", "Drowning", "Drowning"),
    "disease": ("Heart Disease", "Cardiovascular", "Diabetes"),
    "other": ("Other Injury", "Asphyxia", "Thermal injuries"),
    "skeletal": ("Undetermined (skeletal remains)", "Undetermined – Skeletal Remains", "Skeletal", "Undetermined (skeletonized remains)"),
    "undetermined": ("Undetermined", "Undertemined", "Unknown", "Undetermined-specify", "Pending"),
}
ORIGIN_STATES = {
    "Mexico": ("Michoacan", "Estado de Mexico", "Guerrero", "Veracruz", "Guanajuato", "Puebla", "Tamaulipas", "Chiapas"),
    "El Salvador": ("San Salvador", "San Miguel", "Santa Ana", "Usulutan"),
    "Guatemala": ("Guatemala", "Quetzaltenango", "San Marcos", "Jutiapa"),
}
NATIONALITY_SPELLINGS = {
    "Mexico": ("Mexico", "Mexico", "Mexico", "Mexico", "Mexican", "MEXICO", "Tent Mexico"),
    "Venezuela": ("Venezuela", "VENEZUELA"),
    "Guatemala": ("Guatemala", "Guatemala", "GTM"),
}

USBP_HEADERS = [
    "usbp_record_no",
    "reported_date",
    "sector_code",
    "state",
    "county",
    "lat",
    "lon",
    "notifying_agency",
    "call_911_flag",
    "death_type",
    "other_description",
    "official_cause_of_death",
    "skeletal_remains_flag",
    "sex",
    "age",
    "nationality",
    "disposition",
    "source_sheet",
    "fiscal_year",
]
USBP_TYPES = {"heat": "Environmental Exposure-Heat", "cold": "Environmental Exposure-Cold", "drowning": "Water-Related", "vehicle": "Motor-Vehicle-Related"}
USBP_AGENCIES = (
    "",
    "",
    "",
    "Synthetic County Sheriff's Office",
    "Synthetic County Sherriff's Department",
    "SYNTHETIC SO",
    "Tohono O’odham Police Department",
    "OAM",
    "Texas Department of Public Safety",
)
USBP_DISPOSITIONS = ("Coroner/Med. Exam/Jp", "Coroner/Med. Exam/Jp", "Coroner/Med. Exam/Jp", "Funeral Home", "Sheriff'S Office", "", "Mexican Authorities")
STATES = {"AZ": "Arizona", "CA": "California", "NM": "New Mexico", "TX": "Texas"}
