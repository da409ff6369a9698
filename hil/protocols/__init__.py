"""What devices say on lines of their own, both ways: octets in, octets out, times told; no I/O.

One file a protocol, with its ``PROTOCOLS``; `hil.protocols.registry` finds them.
"""
