"""The loop without Python in the control period: compiled pieces, put together by their addresses.

Truth, devices and flight code stay what they are. Each is called where its native code lies.
"""
