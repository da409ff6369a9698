"""TOML files -> a validated rig. A TOML key is a field of the model that reads it."""

from hil.rig.fleet import Fleet, is_fleet, load_fleet
from hil.rig.load import is_spacecraft, load_rig, load_spacecraft, rig_from, rig_of, rig_of_tables
from hil.rig.members import FleetMember
from hil.rig.model import Rig
from hil.rig.overlay import with_dispersal, with_faults
from hil.rig.problems import problems
from hil.rig.remarks import aged_elements, remarks
from hil.rig.settings import Attitude, ObcSettings, Uplink
from hil.rig.source import Source
from hil.rig.spacecraft import Spacecraft
from hil.rig.timeline import Telecommand

__all__ = [
    "Attitude",
    "Fleet",
    "FleetMember",
    "ObcSettings",
    "Rig",
    "Source",
    "Spacecraft",
    "Telecommand",
    "Uplink",
    "aged_elements",
    "is_fleet",
    "is_spacecraft",
    "load_fleet",
    "load_rig",
    "load_spacecraft",
    "problems",
    "remarks",
    "rig_from",
    "rig_of",
    "rig_of_tables",
    "with_dispersal",
    "with_faults",
]
