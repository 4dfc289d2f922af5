"""Register files of every form, read as streams of rows. Nothing is evaluated, nothing followed."""
