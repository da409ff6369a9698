"""The message table that tests speak: the core messages and those of the project's own devices."""

from hil.devices.registry import built_in

TABLE = built_in().table
GYRO, STAR_TRACKER, TACHOMETER = (TABLE.by_name[n] for n in ("gyro", "star_tracker", "tachometer"))
THRUSTER_COMMAND = TABLE.by_name["thruster_command"]
MAGNETOMETER, COARSE_SUN_SENSOR = (
    TABLE.by_name[name] for name in ("magnetometer", "coarse_sun_sensor")
)
