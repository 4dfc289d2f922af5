"""A small web on loopback that behaves like the real thing: first run, tests, benchmarks.

`server.Sandbox` starts it; `web/` and `data/` hold what it shows. Everything in it is invented.
"""
