"""What other systems are given of cases: one entry a case, as JSON lines, CSV, or STIX 2.1."""
