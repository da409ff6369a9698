"""What flight software tells of itself on a line of its own, by a decoder that the rig names."""
