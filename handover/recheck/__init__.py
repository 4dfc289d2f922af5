"""Whether what was handed over is gone: visits told, decided, scheduled, counted. Pure."""
