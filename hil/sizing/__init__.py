"""What an engineer works out before a run: budgets and capabilities, from a spacecraft's file."""

from hil.sizing.page import print_sizing
from hil.sizing.sheet import sizing_dict

__all__ = ["print_sizing", "sizing_dict"]
