"""The radio between a spacecraft and its ground stations, and what stands at the ground's end."""
