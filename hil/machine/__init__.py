"""What belongs to the computer: its cache, its tools, its ports, its scheduler."""
