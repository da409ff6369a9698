"""Parameters and events of the reference flight software; another firmware has its own."""
