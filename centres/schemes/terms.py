"""Words that schemes choose from: roles, activities, reports, levels."""

from typing import Literal

Role = Literal[
    "head_of_centre",
    "quality_nominee",
    "examinations_officer",
    "programme_leader",
    "lead_internal_verifier",
    "internal_verifier",
    "assessor",
    "lead_standards_verifier",
    "standards_verifier",
    "quality_manager",
    "planner",
    "administrator",
    "responsible_person",
]
QaModel = Literal["WBL", "BTEC"]
Level = Literal["low", "medium", "high"]
ActivityKind = Literal["lsv_visit", "standards_verification"]
ReportKind = Literal["lsv_visit", "standards_verification", "final_annual"]
FormKind = Literal["full", "short"]
ControlMeasure = Literal["standard", "enhanced"]
DeliveryPattern = Literal["academic_year", "roll_on_roll_off", "short_course"]
ActionLevel = Literal["essential", "recommended"]
Problem = tuple[str, str, str]
