"""PDF files made for tests with pdfium's own editing functions."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

WIDTH, HEIGHT = 612, 792


class PdfMaker:
    """A PDF of one page, drawn on in order; coordinates in points from the lower left corner."""

    def __init__(self) -> None:
        self.pdf = pdfium.PdfDocument.new()
        self.page = self.pdf.new_page(WIDTH, HEIGHT)

    def text(self, x: float, y: float, text: str, *, size: float = 12, mode: int = 0, grey: int = 0) -> PdfMaker:
        thing = pdfium_c.FPDFPageObj_NewTextObj(self.pdf, b"Helvetica", size)
        units = (text + "\0").encode("utf-16-le")
        pdfium_c.FPDFText_SetText(thing, (pdfium_c.FPDF_WCHAR * (len(units) // 2)).from_buffer_copy(units))
        pdfium_c.FPDFPageObj_SetFillColor(thing, grey, grey, grey, 255)
        pdfium_c.FPDFTextObj_SetTextRenderMode(thing, mode)
        pdfium_c.FPDFPageObj_Transform(thing, 1, 0, 0, 1, x, y)
        pdfium_c.FPDFPage_InsertObject(self.page, thing)
        return self

    def box(self, x: float, y: float, width: float, height: float) -> PdfMaker:
        thing = pdfium_c.FPDFPageObj_CreateNewRect(x, y, width, height)
        pdfium_c.FPDFPageObj_SetFillColor(thing, 0, 0, 0, 255)
        pdfium_c.FPDFPath_SetDrawMode(thing, pdfium_c.FPDF_FILLMODE_WINDING, 0)
        pdfium_c.FPDFPage_InsertObject(self.page, thing)
        return self

    def jpeg(self, image: Image.Image, x: float, y: float, width: float, height: float) -> PdfMaker:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=90)
        thing = pdfium.PdfImage.new(self.pdf)
        thing.load_jpeg(data, inline=True, autoclose=False)
        thing.set_matrix(pdfium.PdfMatrix(width, 0, 0, height, x, y))
        self.page.insert_obj(thing)
        return self

    def stamp_annotation(self) -> PdfMaker:
        annotation = pdfium_c.FPDFPage_CreateAnnot(self.page, pdfium_c.FPDF_ANNOT_FREETEXT)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        return self

    def save(self, path: Path, *, rotation: int = 0) -> Path:
        self.page.gen_content()
        self.page.set_rotation(rotation)
        self.pdf.save(path)
        self.pdf.close()
        return path


#: Opens with no password that anyone knows.
ENCRYPTED = b"""%%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>> endobj
4 0 obj <</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>> endobj
trailer <</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>
%%%%EOF
""" % (b"41" * 32, b"42" * 32)
