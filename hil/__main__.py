"""``python -m hil``: the command, where its script is not on the path."""

import sys

_INTERRUPTED = 130  # as hil.errors has it, which is not loaded yet

try:
    from hil.cli import main
except KeyboardInterrupt:  # while all of it is being loaded
    sys.exit(_INTERRUPTED)

if __name__ == "__main__":
    main(prog_name="hil")
