"""What all worker processes share: loaded once by the server that they are forked from, not once by each."""

from __future__ import annotations

import gc
import os

_run = os.getppid()  # before what takes long

from ocrclean import pipeline, reader, record  # noqa: E402, F401 - imported for what they load
from ocrclean.model import Document  # noqa: E402

#: A page on which every detector finds work, so that all data are loaded: catalogues, confusions, language models.
PAGE = """Document Relcased Under the Access to Information Act
nigenAlinn Reléddea neat de la Loi sur l'aceés 4 l'information

The comrnittee met on April 6" and agreed witb its clerk.'?! Le cornité a accepté la proposition.

121 See the minutes at http:// www.example.org/ minutes.himl and the annexes.
000215
"""

pipeline.clean(Document.of_text(PAGE))
if os.getppid() != _run:  # it was stopped meanwhile: nobody is left to serve
    os._exit(0)
gc.collect()
gc.freeze()  # what is here already is looked at by no collection, which would copy its memory into each worker
