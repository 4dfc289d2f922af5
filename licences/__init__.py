"""Registers to verdict: who is the advertiser, and may they advertise this."""
