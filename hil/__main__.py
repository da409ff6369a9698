"""``python -m hil``: the command, where its script is not on the path."""

from hil.cli import main

if __name__ == "__main__":
    main(prog_name="hil")
