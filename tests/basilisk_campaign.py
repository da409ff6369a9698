"""A campaign in Basilisk: a spacecraft turns to a fixed attitude, N runs by its own controller.

python tests/basilisk_campaign.py RUNS SECONDS STEP_S, with a Python that has `bsk` from PyPI.
Basilisk's own modules in C and C++ only: navigation without sensors, attitude error, feedback by
MRP, torque on the body. Prints processor seconds of the process and of those that it started.
"""

import resource
import sys
import tempfile

from Basilisk.fswAlgorithms import attTrackingError, inertial3D, mrpFeedback
from Basilisk.simulation import extForceTorque, simpleNav, spacecraft
from Basilisk.utilities import SimulationBaseClass, macros, simIncludeGravBody
from Basilisk.utilities.MonteCarlo.Controller import Controller
from Basilisk.utilities.MonteCarlo.Dispersions import (
    NormalVectorCartDispersion,
    UniformEulerAngleMRPDispersion,
)

RUNS, SECONDS, STEP_S = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
INERTIA_kg_m2 = [0.9, 0.0, 0.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.6]


def create():
    """Return a simulation that is ready to be dispersed."""
    simulation = SimulationBaseClass.SimBaseClass()
    process = simulation.CreateNewProcess("process")
    process.addTask(simulation.CreateNewTask("task", macros.sec2nano(STEP_S)))
    craft = spacecraft.Spacecraft()
    craft.ModelTag = "craft"
    craft.hub.mHub = 16.0
    craft.hub.IHubPntBc_B = [INERTIA_kg_m2[3 * i : 3 * i + 3] for i in range(3)]
    craft.hub.r_CN_NInit, craft.hub.v_CN_NInit = [6.9e6, 0.0, 0.0], [0.0, 1.0e3, 7.5e3]
    craft.hub.sigma_BNInit, craft.hub.omega_BN_BInit = [0.1, 0.2, -0.3], [1e-3, -1e-2, 3e-2]
    gravity = simIncludeGravBody.gravBodyFactory()
    gravity.createEarth().isCentralBody = True
    gravity.addBodiesTo(craft)
    torque = extForceTorque.ExtForceTorque()
    craft.addDynamicEffector(torque)
    navigation, wanted = simpleNav.SimpleNav(), inertial3D.inertial3D()
    error, control = attTrackingError.attTrackingError(), mrpFeedback.mrpFeedback()
    for module in (navigation, wanted, error, control, torque, craft):
        simulation.AddModelToTask("task", module)
    navigation.scStateInMsg.subscribeTo(craft.scStateOutMsg)
    wanted.sigma_R0N = [0.0, 0.0, 0.0]
    error.attNavInMsg.subscribeTo(navigation.attOutMsg)
    error.attRefInMsg.subscribeTo(wanted.attRefOutMsg)
    control.guidInMsg.subscribeTo(error.attGuidOutMsg)
    configuration = messaging_of_vehicle()
    control.vehConfigInMsg.subscribeTo(configuration)
    control.K, control.P, control.Ki = 0.05, 0.3, -1.0
    torque.cmdTorqueInMsg.subscribeTo(control.cmdTorqueOutMsg)
    simulation.craft = craft
    simulation.kept = (gravity, torque, navigation, wanted, error, control, configuration)
    return simulation


def messaging_of_vehicle():
    """Return the message of the inertia that the controller is told."""
    from Basilisk.architecture import messaging

    told = messaging.VehicleConfigMsgPayload()
    told.ISCPntB_B = INERTIA_kg_m2
    return messaging.VehicleConfigMsg().write(told)


def execute(simulation):
    """Make one run."""
    simulation.InitializeSimulation()
    simulation.ConfigureStopTime(macros.sec2nano(SECONDS))
    simulation.ExecuteSimulation()


def main():
    """Make the campaign."""
    controller = Controller()
    controller.setSimulationFunction(create)
    controller.setExecutionFunction(execute)
    controller.setExecutionCount(RUNS)
    controller.setThreadCount(1)
    controller.setShouldDisperseSeeds(False)
    controller.addDispersion(UniformEulerAngleMRPDispersion("craft.hub.sigma_BNInit"))
    rate = NormalVectorCartDispersion("craft.hub.omega_BN_BInit", 0.0, 0.02)
    controller.addDispersion(rate)
    with tempfile.TemporaryDirectory() as folder:
        controller.setArchiveDir(folder)
        failed = controller.executeSimulations()
    if failed:
        raise SystemExit(f"{len(failed)} runs failed")
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    print(sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose)))


if __name__ == "__main__":
    main()
