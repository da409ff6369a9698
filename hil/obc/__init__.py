"""The places a firmware can live: one way to open, reset and close them; only bytes pass."""
