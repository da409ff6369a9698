"""Makes G6_skewed_wheels.csv with Basilisk 2.12.1 (`pip install bsk==2.12.1`); see README.md."""

import csv
from pathlib import Path

import numpy as np
from Basilisk.architecture import messaging
from Basilisk.simulation import (
    GravityGradientEffector,
    reactionWheelStateEffector,
    spacecraft,
    svIntegrators,
)
from Basilisk.utilities import (
    RigidBodyKinematics,
    SimulationBaseClass,
    macros,
    simIncludeGravBody,
    simIncludeRW,
)

INERTIA = [[0.172, 0.0012, -0.0021], [0.0012, 0.1655, 0.0016], [-0.0021, 0.0016, 0.1038]]
POSITION, VELOCITY = [6.7e6, 1.2e6, -0.9e6], [-1.1e3, 5.2e3, 6.1e3]
SIGMA, RATE = [0.2, -0.1, 0.35], [0.02, -0.035, 0.05]
SPIN_INERTIA = [2.4e-5, 2.1e-5, 2.7e-5, 3.0e-5]
SPEEDS = [150.0, -220.0, 90.0, 310.0]
TORQUES = [3e-5, -2e-5, 4e-5, -1e-5]
AXES = [
    [0.6, 0.0, 0.8],
    [-0.48, 0.64, 0.6],
    [0.0, -0.8, 0.6],
    [0.36, 0.48, -0.8],
]


def run(step_s, duration_s=600.0, every_s=5.0):
    """Rows t, sigma, omega, Omega, r, v of Basilisk's RKF78 with a fixed step."""
    simulation = SimulationBaseClass.SimBaseClass()
    simulation.CreateNewProcess("p").addTask(simulation.CreateNewTask("t", macros.sec2nano(step_s)))
    craft = spacecraft.Spacecraft()
    simulation.AddModelToTask("t", craft, 10)
    craft.hub.mHub, craft.hub.IHubPntBc_B = 4.0, INERTIA  # total: Basilisk takes the spins out
    craft.hub.r_CN_NInit, craft.hub.v_CN_NInit = POSITION, VELOCITY
    craft.hub.sigma_BNInit = [[s] for s in SIGMA]
    craft.hub.omega_BN_BInit = [[w] for w in RATE]
    gravity = simIncludeGravBody.gravBodyFactory()
    earth = gravity.createEarth()
    earth.mu, earth.isCentralBody = 398600441500000.0, True
    gravity.addBodiesTo(craft)
    twist = GravityGradientEffector.GravityGradientEffector()
    twist.addPlanetName(earth.planetName)
    craft.addDynamicEffector(twist)
    simulation.AddModelToTask("t", twist, 5)
    factory = simIncludeRW.rwFactory()
    for axis, inertia, speed in zip(AXES, SPIN_INERTIA, SPEEDS, strict=True):
        rpm = speed * 60.0 / (2.0 * np.pi)
        factory.create(
            "custom", axis, Js=inertia, Omega=rpm, Omega_max=1e6, u_max=1.0, useMaxTorque=False
        )
    wheels = reactionWheelStateEffector.ReactionWheelStateEffector()
    factory.addToSpacecraft("rw", wheels, craft)
    simulation.AddModelToTask("t", wheels, 8)
    command = commands()
    wheels.rwMotorCmdInMsg.subscribeTo(command)
    integrator = svIntegrators.svIntegratorRKF78(craft)
    integrator.relTol = integrator.absTol = 1e9
    craft.setIntegrator(integrator)
    state = craft.scStateOutMsg.recorder(macros.sec2nano(every_s))
    speeds = wheels.rwSpeedOutMsg.recorder(macros.sec2nano(every_s))
    simulation.AddModelToTask("t", state, 1)
    simulation.AddModelToTask("t", speeds, 1)
    simulation.InitializeSimulation()
    simulation.ConfigureStopTime(macros.sec2nano(duration_s))
    simulation.ExecuteSimulation()
    return (
        state.times() * 1e-9,
        state.sigma_BN,
        state.omega_BN_B,
        speeds.wheelSpeeds[:, :4],
        state.r_CN_N,
        state.v_CN_N,
    )


def commands():
    """The motor torques as a message that stays."""
    payload = messaging.ArrayMotorTorqueMsgPayload()
    payload.motorTorque = TORQUES
    return messaging.ArrayMotorTorqueMsg().write(payload)


def main():
    fine, twice = run(0.05), run(0.1)
    apart = [np.abs(a - b).max() for a, b in zip(fine, twice, strict=True)]
    print("t, sigma, omega, Omega, r, v against twice the step:", *apart)
    times, sigma, rate, speeds, r, v = fine
    header = ["t_s", "q0", "q1", "q2", "q3", "wx_radps", "wy_radps", "wz_radps"]
    header += [f"Omega{k}_radps" for k in range(1, 5)]
    header += ["rx_m", "ry_m", "rz_m", "vx_mps", "vy_mps", "vz_mps"]
    with Path(__file__).with_name("G6_skewed_wheels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in zip(times, sigma, rate, speeds, r, v, strict=True):
            q = RigidBodyKinematics.MRP2EP(row[1])
            numbers = [row[0], *q, *row[2], *row[3], *row[4], *row[5]]
            writer.writerow([f"{number:.16e}" for number in numbers])


if __name__ == "__main__":
    main()
