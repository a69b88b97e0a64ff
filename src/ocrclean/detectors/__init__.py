"""One module for each kind of finding; each has ``detect(document, claimed, ...)``, and knows no other."""
