"""Models that need no download: HanLP's component assembled at set-up, the embedding trained here."""
