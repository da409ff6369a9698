#!/usr/bin/env node
// A board with MicroPython that is not there: runs main.py and hil_link.py in WebAssembly, with a terminal as UART 0.
//
//     npm install        once, in this folder
//     hil run RIG --obc posix --firmware board.mjs        or: board.mjs TTY

import { constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const here = (name) => new URL(name, import.meta.url);
const { O_RDWR, O_RDONLY, O_NOCTTY, O_NONBLOCK } = constants;

if (process.argv.length !== 3) {
  console.error("usage: board.mjs TTY");
  process.exit(2);
}
// The same line twice: what has come is looked at without waiting, and waited for without looking all the time.
const line = openSync(process.argv[2], O_RDWR | O_NOCTTY);
const glance = openSync(process.argv[2], O_RDONLY | O_NOCTTY | O_NONBLOCK);
let waiting = Buffer.alloc(0);

// Returns once something has come. A line that is gone ends the board.
function wait() {
  const octets = Buffer.alloc(512);
  try {
    const n = readSync(line, octets);
    if (n === 0) process.exit(0);
    waiting = octets.subarray(0, n);
  } catch {
    process.exit(0);
  }
}

// What has come, up to `length` octets, into buffer; returns how many.
function read(_stream, buffer, offset, length) {
  if (waiting.length > 0) {
    const n = Math.min(length, waiting.length);
    buffer.set(waiting.subarray(0, n), offset);
    waiting = waiting.subarray(n);
    return n;
  }
  try {
    return readSync(glance, buffer, offset, length);
  } catch (error) {
    if (error.code === "EAGAIN") return 0;
    process.exit(0);
  }
}

function write(_stream, buffer, offset, length) {
  return writeSync(line, buffer, offset, length);
}

const micropython = await loadMicroPython({ heapsize: 128 * 1024, stdout: (text) => console.error(text) });
const uart = micropython.FS.makedev(64, 0);
micropython.FS.registerDevice(uart, { open() {}, close() {}, read, write });
micropython.FS.mkdev("/dev/uart0", uart);
micropython.registerJsModule("port", { wait });
for (const file of ["machine.py", "../hil_link.py", "../main.py"]) {
  micropython.FS.writeFile(basename(file), readFileSync(here(file)));
}
micropython.runPython("import main");
