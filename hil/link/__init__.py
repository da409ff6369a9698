"""The wire: message table, packets, framing and line faults. Bytes in, bytes out; no input or output here."""
