"""A firmware of one's own on the machine that a rig names: bits, faults, what is refused."""

import pytest
from click.testing import CliRunner
from test_cores import CORES, link

from hil.bench import run
from hil.cli import main
from hil.errors import RigError
from hil.machine.build import build
from hil.obc.machines import core_of, listed_machines
from hil.recording import Recording, first_difference

LISTED = """\
Supported machines are:
emcraft-sf2          SmartFusion2 SOM kit from Emcraft (M2S010)
mps2-an385           ARM MPS2 with AN385 FPGA image for Cortex-M3
mps2-an505           ARM MPS2 with AN505 FPGA image for Cortex-M33
raspi2b              Raspberry Pi 2B (revision 1.1)
vexpress-a9          ARM Versatile Express for Cortex-A9
""".splitlines()


@pytest.fixture(scope="module")
def elf(tmp_path_factory):
    def linked(name, made={}):  # noqa: B006
        if name not in made:
            made[name] = link(CORES[name], tmp_path_factory.mktemp(name))
        return made[name]

    return linked


@pytest.fixture(scope="module")
def on_library(nadir, tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "a.mcap"
    return Recording(run(nadir.with_overrides(duration_s=20.0), "library", path).recording)


def on(rig, machine, **overrides):
    table = {**rig.obc.model_dump(exclude_unset=True), "machine": machine}
    return rig.with_overrides(obc=table, **overrides)


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.compilers
@pytest.mark.parametrize("name", ["cortex-m3", "cortex-m33"])
def test_a_run_on_another_machine_is_the_same_bits(name, elf, nadir, on_library, tmp_path):
    rig = on(nadir, CORES[name].machine, duration_s=20.0)
    result = run(rig, None, tmp_path / "b.mcap", firmware=elf(name))
    assert CORES[name].machine in result.description
    assert first_difference(on_library, Recording(result.recording)) is None


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.compilers
@pytest.mark.parametrize("kind", ["reset", "power_off", "hang"])
def test_it_restarts_and_stands_still(kind, elf, nadir, tmp_path):
    fault = {"name": "it", "device": "obc", "kind": kind, "at_s": 5.0, "duration_s": 2.0}
    rig = on(nadir, "mps2-an385", duration_s=15.0, fault=[fault])
    kept = Recording(run(rig, "qemu", tmp_path / "a.mcap", firmware=elf("cortex-m3")).recording)
    assert kept.complete
    names = [event.name for event in kept.events]
    assert {"reset": "obc_reset", "power_off": "obc_on", "hang": "obc_down"}[kind] in names
    assert kept.metadata["counters"]["lost_replies"] == "0"


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.compilers
def test_a_firmware_for_another_core_is_refused(elf, nadir, tmp_path):
    m33 = elf("cortex-m33")
    with pytest.raises(RigError, match=r"has a Cortex-M3, and .* is built for ARMv8-M mainline: b"):
        run(on(nadir, "mps2-an385"), "qemu", tmp_path / "a.mcap", firmware=m33)
    with pytest.raises(RigError, match=r'"netduinoplus2": it has a Cortex-M4, and .* ARMv8-M'):
        run(nadir, "qemu", tmp_path / "a.mcap", firmware=m33)


@pytest.mark.emulator
def test_a_firmware_for_a_later_core_is_refused_at_once(nadir, tmp_path):
    with pytest.raises(RigError, match=r"built for ARMv7E-M: build it with -mcpu=cortex-m3"):
        run(on(nadir, "mps2-an385"), "qemu", tmp_path / "a.mcap", firmware=build("qemu"))


@pytest.mark.emulator
def test_a_program_of_this_machine_is_refused(nadir, tmp_path):
    with pytest.raises(RigError, match=r'"mps2-an385": it runs an ARM \.elf, and .* is a program'):
        run(on(nadir, "mps2-an385"), "qemu", tmp_path / "a.mcap", firmware=build("posix"))


@pytest.mark.emulator
def test_a_machine_that_is_not_there_is_named_with_the_closest(nadir, tmp_path):
    with pytest.raises(RigError, match=r'"mps2-an358": the emulator has no .*mps2-an385'):
        run(on(nadir, "mps2-an358"), "qemu", tmp_path / "a.mcap", firmware=build("qemu"))


def test_machines_with_another_core_are_not_among_them():
    known = listed_machines(LISTED)
    assert known == {"emcraft-sf2": "M3", "mps2-an385": "M3", "mps2-an505": "M33"}
    with pytest.raises(RigError, match=r"no such Cortex-M machine; it has emcraft-sf2, mps2-an385"):
        core_of("raspi2b", known)


@pytest.mark.emulator
def test_the_own_firmware_and_the_other_places_need_the_usual_machine(nadir, tmp_path):
    rig = on(nadir, "mps2-an385")
    with pytest.raises(RigError, match="built for netduinoplus2: give --firmware with an ELF for"):
        run(rig, "qemu", tmp_path / "a.mcap")
    with pytest.raises(RigError, match="--obc qemu-fast leads to netduinoplus2 only"):
        run(rig, "qemu-fast", tmp_path / "a.mcap")


@pytest.mark.emulator
def test_a_fault_that_it_cannot_have_is_refused_before_the_start(nadir, tmp_path):
    flip = {"name": "it", "device": "obc", "kind": "bit_flip", "at_s": 5.0}
    fault = {**flip, "symbol": "flight.adcs.mode", "bit": 1}
    rig = on(nadir, "mps2-an386", fault=[fault])
    with pytest.raises(RigError, match="bit_flip cannot be done on qemu"):
        run(rig, "qemu", tmp_path / "a.mcap", firmware=build("qemu"))


@pytest.mark.emulator
def test_a_replay_and_an_atlas_go_to_the_rigs_machine(nadir, tmp_path):
    refused = "built for netduinoplus2: give --firmware with an ELF for mps2-an385"
    kept = run(on(nadir, "mps2-an385", duration_s=1.0), "library", tmp_path / "a.mcap").recording
    assert refused in CliRunner().invoke(main, ["replay", str(kept), "--obc", "qemu"]).output
    rig = tmp_path / "nadir.toml"
    craft = nadir.source.spacecraft_path.resolve()
    text = nadir.source.text.replace("spacecraft/dier5.toml", str(craft))
    rig.write_text(text.replace("[obc]", '[obc]\nmachine = "mps2-an385"'))
    assert refused in CliRunner().invoke(main, ["seu", str(rig), "--obc", "qemu", "--list"]).output
