"""The same spacecraft in Basilisk, for the ratio that bench_truth.py prints: `pip install bsk`."""

import time

import numpy as np


def basilisk_steps_per_s(case, step_s, n_steps):
    """Steps a second of Basilisk's RK4: body, wheels, point-mass gravity, gravity gradient.

    Less than the truth model computes in a step: no field, no air, no light, no zonals.
    """
    from Basilisk.simulation import (
        GravityGradientEffector,
        reactionWheelStateEffector,
        spacecraft,
        svIntegrators,
    )
    from Basilisk.utilities import SimulationBaseClass, macros, simIncludeGravBody, simIncludeRW

    simulation = SimulationBaseClass.SimBaseClass()
    process = simulation.CreateNewProcess("process")
    process.addTask(simulation.CreateNewTask("task", macros.sec2nano(step_s)))
    craft = spacecraft.Spacecraft()
    simulation.AddModelToTask("task", craft)
    craft.hub.mHub = case["body"].mass_kg
    craft.hub.IHubPntBc_B = np.array(case["body"].inertia_body_kg_m2).tolist()
    position, velocity = case["orbit"].state()
    craft.hub.r_CN_NInit, craft.hub.v_CN_NInit = position.tolist(), velocity.tolist()
    craft.hub.omega_BN_BInit = [[rate] for rate in case["rate_body_rad_s"]]
    gravity = simIncludeGravBody.gravBodyFactory()
    earth = gravity.createEarth()
    earth.isCentralBody = True
    gravity.addBodiesTo(craft)
    twist = GravityGradientEffector.GravityGradientEffector()
    twist.addPlanetName(earth.planetName)
    craft.addDynamicEffector(twist)
    simulation.AddModelToTask("task", twist)
    wheels = simIncludeRW.rwFactory()
    for wheel in case["wheels"]:
        wheels.create(
            "custom",
            list(wheel.axis_body),
            Omega=60.0,
            Js=wheel.spin_inertia_kg_m2,
            Omega_max=6000.0,
            u_max=wheel.torque_max_Nm,
        )
    effector = reactionWheelStateEffector.ReactionWheelStateEffector()
    wheels.addToSpacecraft("wheels", effector, craft)
    simulation.AddModelToTask("task", effector)
    integrator = svIntegrators.svIntegratorRK4(craft)
    craft.setIntegrator(integrator)
    simulation.InitializeSimulation()
    simulation.ConfigureStopTime(macros.sec2nano(step_s * n_steps))
    started = time.perf_counter()
    simulation.ExecuteSimulation()
    return n_steps / (time.perf_counter() - started)
