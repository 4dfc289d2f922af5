"""An archive judged anew: questions made of records, judged in this process, in several, or on many machines."""
