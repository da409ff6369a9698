"""The wire: message table, packets, framing. Bytes in, bytes out; no input or output here."""
