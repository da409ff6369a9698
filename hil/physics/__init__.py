"""Truth: vectors, rotations, body, orbit, environment. Knows no device, no link, no file."""
