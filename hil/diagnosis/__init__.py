"""Why a run misses what it misses: from its recording and the rig in it to the likeliest cause."""

from hil.diagnosis.diagnose import diagnose, diagnose_worst, sensors_of
from hil.diagnosis.finding import Diagnosis, Finding
from hil.diagnosis.trouble import Marked
from hil.diagnosis.validity import Validity

__all__ = ["Diagnosis", "Finding", "Marked", "Validity", "diagnose", "diagnose_worst", "sensors_of"]
