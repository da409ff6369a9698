"""``python -m hil``: the command, where its script is not on the path."""

import sys

from hil.errors import INTERRUPTED

try:
    from hil.cli import main
except KeyboardInterrupt:  # while all of it is being loaded
    sys.exit(INTERRUPTED)

if __name__ == "__main__":
    main(prog_name="hil")
