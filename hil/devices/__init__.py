"""Sensors (truth -> sample) and actuators (command -> torque). Knows no link and no file."""
