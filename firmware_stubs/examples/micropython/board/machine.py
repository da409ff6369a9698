# What MicroPython's module `machine` offers on a board, for the board that is not there.
import port


class UART:
    # A serial port: number 0, whatever its pins and its rate.
    def __init__(self, *_, **__):
        self.line = open("/dev/uart0", "r+b")  # noqa: PTH123, SIM115
        self.idle = False

    def read(self):
        # The octets that have come, or None. After a None the caller had nothing to do: sleep.
        if self.idle:
            port.wait()
        octets = self.line.read(512)
        self.idle = not octets
        return octets or None

    def write(self, octets):
        self.line.write(octets)
