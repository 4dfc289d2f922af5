"""Papers: letters by addressee and the record of how evidence was taken, as DOCX from templates, and as PDF."""
