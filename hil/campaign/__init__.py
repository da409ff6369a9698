"""Many runs of a rig with what is dispersed drawn anew, and what they show of runs to come."""
