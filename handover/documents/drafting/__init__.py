"""Makes the templates that ship: `python -m handover.documents.drafting` writes handover/templates/*.docx."""
