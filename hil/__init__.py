"""A hardware-in-the-loop test bench for CubeSat attitude control."""

__version__ = "0.1.0"
