"""What a camera sees: a scene rendered from truth, on the CPU, with the same bits everywhere."""
