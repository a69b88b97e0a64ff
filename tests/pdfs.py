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


def image_stream(attributes: bytes, data: bytes) -> bytes:
    """An image object of a PDF, 850 by 1100 pixels."""
    head = b"<</Type/XObject/Subtype/Image/Width 850/Height 1100%s/Length %d>>" % (attributes, len(data))
    return head + b"stream\n" + data + b"\nendstream"


def image_pdf(image: bytes, content: bytes = b"q 612 0 0 792 0 0 cm /I Do Q", page: bytes = b"") -> bytes:
    """A PDF of one page written by hand: an image /I, a form /F that fills the page with it, and what draws them."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Matrix[612 0 0 792 0 0]/Resources<</XObject<</I 4 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R"
        b"/Resources<</XObject<</I 4 0 R/F 6 0 R>>>>" + page + b">>",
        image,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<<%s/Length 5>>stream\n/I Do\nendstream" % form,
    ]
    out, places = b"%PDF-1.5\n", []
    for number, thing in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
