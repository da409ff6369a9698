# What MicroPython's module `machine` offers on a board, for the board that is not there.
import port


class UART:
    # A serial port; its pins and rate do not matter here.
    def __init__(self, number, baudrate, **_):
        self.line = open("/dev/uart%d" % number, "r+b")
        self.idle = False

    def read(self):
        # The octets that have come, or None. A second None in a row would be waiting in a circle: sleep instead.
        if self.idle:
            port.wait()
        octets = self.line.read(512)
        self.idle = not octets
        return octets or None

    def write(self, octets):
        self.line.write(octets)
