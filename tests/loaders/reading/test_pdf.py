from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.lib import pagesizes
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as Flowing
from reportlab.platypus import SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Ruled

from loaders.cells import Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.pdf import read_pdf

FONTS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
RULES = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
BODY = ParagraphStyle("body", fontName="DejaVu", fontSize=10, leading=12)


@pytest.fixture(scope="module", autouse=True)
def cyrillic_font() -> None:
    if not FONTS.exists():
        pytest.skip("fonts-dejavu-core is not installed")
    pdfmetrics.registerFont(TTFont("DejaVu", str(FONTS)))


def printed(*flow: object, **options: object) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=pagesizes.A4, **options).build(list(flow))
    return buffer.getvalue()


def ruled(rows: list[list[str]], widths: list[float], *more: tuple[object, ...]) -> Ruled:
    return Ruled([[Flowing(text, BODY) for text in row] for row in rows], colWidths=widths, style=[*RULES, *more])


def read(content: bytes) -> SourceDocument:
    return read_pdf(content, file="карта.pdf", sha256="0" * 64)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(1, table.rows + 1)]


def test_a_ruled_table_gives_its_cells_with_page_and_box() -> None:
    content = printed(
        Flowing("Дорожная карта", BODY), ruled([["№", "Мероприятие"], ["1.1.", "Провести семинар"]], [50, 200])
    )
    title, table = read(content).blocks
    assert isinstance(title, Paragraph)
    assert isinstance(table, Table)
    assert (title.text, texts(table)) == ("Дорожная карта", [["№", "Мероприятие"], ["1.1.", "Провести семинар"]])
    last = table.cells[-1]
    assert last.origin.address == "с. 1, таблица 1, строка 2, столбец 2"
    assert last.origin.box is not None
    assert last.origin.box[2] - last.origin.box[0] == pytest.approx(200, abs=1)


def test_merged_cells_keep_their_spans() -> None:
    table = ruled(
        [["Раздел", "", "май"], ["1", "а", "июнь"], ["", "б", "июль"]],
        [60, 60, 60],
        ("SPAN", (0, 0), (1, 0)),
        ("SPAN", (0, 1), (0, 2)),
    )
    (block,) = read(printed(table)).blocks
    assert isinstance(block, Table)
    assert [(c.row, c.column, c.text, c.row_span, c.column_span) for c in block.cells] == [
        (1, 1, "Раздел", 1, 2),
        (1, 3, "май", 1, 1),
        (2, 1, "1", 2, 1),
        (2, 2, "а", 1, 1),
        (2, 3, "июнь", 1, 1),
        (3, 2, "б", 1, 1),
        (3, 3, "июль", 1, 1),
    ]


def test_wraps_are_blanks_and_real_line_ends_stay() -> None:
    long = "Организация и проведение мониторинга по поддержке молодых педагогов"
    (block,) = read(printed(ruled([["ДОО ТО<br/>ТОИПКРО", long]], [150, 150]))).blocks
    assert isinstance(block, Table)
    assert texts(block) == [["ДОО ТО\nТОИПКРО", long]]


def test_words_broken_by_a_narrow_column_are_mended() -> None:
    narrow = ParagraphStyle("narrow", parent=BODY, splitLongWords=1)
    table = Ruled([[Flowing("профессионального сообщества", narrow), "x"]], colWidths=[80, 60], style=RULES)
    (block,) = read(printed(table)).blocks
    assert isinstance(block, Table)
    assert block.cells[0].text == "профессионального сообщества"


def test_two_tables_of_a_page_stay_two() -> None:
    content = printed(ruled([["а", "б"]], [60, 60]), Spacer(1, 40), ruled([["в", "г", "д"]], [60, 60, 60]))
    assert [texts(block) for block in read(content).blocks if isinstance(block, Table)] == [
        [["а", "б"]],
        [["в", "г", "д"]],
    ]


def test_a_table_over_two_pages_gives_two_parts_in_order() -> None:
    rows = [[str(number), "Мероприятие"] for number in range(1, 80)]
    blocks = [block for block in read(printed(ruled(rows, [50, 200]))).blocks if isinstance(block, Table)]
    assert [row for block in blocks for row in texts(block)] == rows
    assert [block.origin.page for block in blocks] == list(range(1, len(blocks) + 1))


def test_a_lone_page_number_is_no_paragraph() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4)
    canvas.setFont("DejaVu", 10)
    canvas.drawString(72, 700, "Утверждена распоряжением")
    canvas.drawString(290, 30, "12")
    canvas.save()
    assert [b.text for b in read(buffer.getvalue()).blocks if isinstance(b, Paragraph)] == ["Утверждена распоряжением"]


def test_a_scan_is_recognised_and_said_so(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415  (comes with reportlab)

    picture = tmp_path / "scan.png"
    Image.new("L", (400, 600), 200).save(picture)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4)
    for _ in range(3):
        canvas.drawImage(str(picture), 0, 0, *pagesizes.A4)
        canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableDocumentError, match=r"a scan without a text layer \(pages 1, 2, 3\)"):
        read(buffer.getvalue())


def test_an_encrypted_file_is_said_so() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: PLC0415  (needs the font first)

    content = printed(Flowing("тайна", BODY), encrypt=StandardEncryption("secret", strength=128))
    with pytest.raises(UnreadableDocumentError, match="protected by a password"):
        read(content)


def test_a_truncated_file_gives_one_clear_message() -> None:
    content = printed(Flowing("Дорожная карта", BODY))
    with pytest.raises(UnreadableDocumentError, match=r"карта\.pdf: the PDF is damaged or cut off"):
        read(content[:200])


def test_a_title_set_bold_ends_where_ordinary_letters_begin() -> None:
    pdfmetrics.registerFont(TTFont("DejaVu-Bold", str(FONTS.with_name("DejaVuSans-Bold.ttf"))))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4)
    for y, font, line in (
        (700, "DejaVu-Bold", "Дорожная карта развития кружков в школах города на два года"),
        (688, "DejaVu", "Настоящий план готовила рабочая группа из учителей всех школ"),
    ):
        canvas.setFont(font, 10)
        canvas.drawString(60, y, line)
    canvas.save()

    blocks = read(buffer.getvalue()).blocks

    assert [(block.text.split()[0], block.style) for block in blocks if isinstance(block, Paragraph)] == [
        ("Дорожная", "heading"),
        ("Настоящий", None),
    ]


def test_a_wider_gap_between_lines_ends_a_paragraph() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4)
    canvas.setFont("DejaVu", 10)
    for y, line in (
        (700, "первый абзац полной строкой"),
        (688, "и его продолжение до края"),
        (670, "второй абзац с начала"),
    ):
        canvas.drawString(60, y, line)
    canvas.save()

    assert [block.text for block in read(buffer.getvalue()).blocks if isinstance(block, Paragraph)] == [
        "первый абзац полной строкой и его продолжение до края",
        "второй абзац с начала",
    ]


def test_lines_set_to_the_right_and_centred_end_where_the_next_word_had_room() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4)
    canvas.setFont("DejaVu", 10)
    canvas.drawRightString(540, 700, "УТВЕРЖДЕНА")
    canvas.drawRightString(540, 688, "приказом школы от 15.03.2023 № 45")
    canvas.drawCentredString(
        300, 676, "Дорожная карта развития наставничества в образовательных организациях города Энска"
    )
    canvas.drawCentredString(300, 664, "на 2023–2025 годы")
    canvas.drawString(60, 652, "План готовила рабочая группа из учителей и методистов, директоров и наставников.")
    canvas.save()

    assert [block.text for block in read(buffer.getvalue()).blocks if isinstance(block, Paragraph)] == [
        "УТВЕРЖДЕНА",
        "приказом школы от 15.03.2023 № 45",
        "Дорожная карта развития наставничества в образовательных организациях города Энска на 2023–2025 годы",
        "План готовила рабочая группа из учителей и методистов, директоров и наставников.",
    ]
