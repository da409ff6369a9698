"""What comes with the bench for one's own satellite: parts, and a project to begin with."""

from hil.starter.create import create
from hil.starter.library import Part, library

__all__ = ["Part", "create", "library"]
