"""A library's notice in Korean and English, screwed to a plastered wall."""

from __future__ import annotations

import numpy as np

from scenes.camera import OVERSAMPLE, Floats, Picture, blur, expose, lay_over, shrink, through_jpeg, view_by_corners
from scenes.fonts import font
from scenes.sheet import Sheet
from scenes.surfaces import cloud, relief

WIDTH, HEIGHT = 900, 1000
BOARD = (1440, 1680)  # pixels of the flat board
GREEN = "#1d5a4b"
GREY = "#4a5250"

RULES = (
    ("열람실은 오전 9시부터 오후 10시까지 엽니다.", "The reading room is open from 9 a.m. to 10 p.m."),
    ("음료는 뚜껑이 있는 컵만 가져올 수 있습니다.", "Drinks are welcome in cups with a lid."),
    ("휴대전화는 무음으로 바꾸고 통화는 밖에서 해 주세요.", "Please silence your phone and take calls outside."),
    ("자리를 30분 넘게 비우면 다른 분이 앉을 수 있습니다.", "Seats left for over 30 minutes may be given away."),
    ("매월 첫째 월요일은 쉽니다.", "Closed on the first Monday of each month."),
)


def print_board() -> Sheet:
    """The printed board."""
    width, height = BOARD
    sheet = Sheet(width, height, "#f4f3ec")
    sheet.draw.rectangle((0, 0, width, 330), fill=GREEN)
    sheet.write("도서관 이용 안내", 110, 170, font("NanumSquareB", 118), colour="#ffffff")
    sheet.write("How to use the library", 114, 264, font("NanumSquareB", 62), colour="#cfe6dc")
    y = 446
    for number, (korean, english) in enumerate(RULES, 1):
        sheet.draw.ellipse((108, y - 58, 190, y + 24), fill=GREEN)
        sheet.write(str(number), 149, y + 2, font("NanumBarunGothicBold", 52), colour="#ffffff", align="centre")
        sheet.write(korean, 226, y, font("NanumBarunGothicBold", 50), colour="#20302b")
        sheet.write(english, 226, y + 60, font("NanumBarunGothic", 43), colour=GREY)
        y += 204
    sheet.draw.rectangle((110, 1440, width - 110, 1443), fill="#9aa8a2")
    sheet.write("문의: 1층 안내 데스크", 110, 1520, font("NanumBarunGothicBold", 46), colour="#20302b")
    sheet.write("Questions: desk on the ground floor", 110, 1580, font("NanumBarunGothic", 40), colour=GREY)
    sheet.write("02-555-0147", width - 110, 1560, font("NanumBarunGothicBold", 50), colour=GREEN, align="right")
    return sheet


def screw_on(board: Floats) -> Floats:
    """The board (H, W, 3) with a screw in each corner."""
    height, width = board.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for turn, (column, row) in enumerate(((44, 44), (width - 44, 44), (width - 44, height - 44), (44, height - 44))):
        distance = np.hypot(x - column, y - row)
        shade = blur(np.clip(1.0 - np.hypot(x - column - 5, y - row - 8) / 26.0, 0, 1), 3.0)
        board = board * (1.0 - 0.6 * shade)[..., None]
        dome = np.sqrt(np.clip(1.0 - (distance / 20.0) ** 2, 0.0, 1.0))
        steel = 120 + 70 * dome - 1.8 * (x - column) - 2.4 * (y - row)
        angle = 0.5 + turn * 1.1
        slot = np.abs((x - column) * np.sin(angle) - (y - row) * np.cos(angle)) < 3.0
        steel = np.where(slot, 60.0, steel)
        cover = np.clip(20.5 - distance, 0.0, 1.0)[..., None]
        board = board * (1.0 - cover) + np.clip(steel, 30, 245)[..., None] * cover
    return board.astype(np.float32)


def wall(generator: np.random.Generator, height: int, width: int) -> Floats:
    """Rough plaster, warm grey, lit from the upper left."""
    rough = cloud(generator, height, width, (60, 60), octaves=5)
    light = relief(blur(rough, 2.0), depth=1.1)
    tone = 1.0 + 0.025 * cloud(generator, height, width, (700, 700))
    return (np.array((186, 178, 164), np.float32) * (light * tone)[..., None]).astype(np.float32)


def draw(seed: int) -> Picture:
    """The notice, 900 x 1000."""
    generator = np.random.default_rng(seed)
    sheet = print_board()
    board = screw_on(np.asarray(sheet.image).astype(np.float32))
    corners = ((92, 70), (796, 108), (812, 908), (76, 944))
    view = view_by_corners(sheet.image.size, corners, WIDTH, HEIGHT)
    seen = view.capture(np.dstack([board, np.ones(board.shape[:2], np.float32)]))
    behind = blur(wall(generator, HEIGHT * OVERSAMPLE, WIDTH * OVERSAMPLE), 2.2)
    photo = shrink(lay_over(behind, seen, ((8, 6.0, 0.45), (24, 26.0, 0.40))))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1.04 - 0.30 * np.hypot(x / WIDTH - 0.35, y / HEIGHT - 0.25) ** 1.6
    # A window behind the photographer lies as a faint band over the varnished board.
    band = 16.0 * np.exp(-((((x - 0.55 * y) / WIDTH - 0.33) / 0.10) ** 2)) * shrink(seen[..., 3])
    photo = photo * light[..., None] + band[..., None]
    pixels = expose(blur(photo.astype(np.float32), 0.6), generator, grain=0.8)
    return Picture(through_jpeg(pixels, 90), view.page(sheet.lines, source="notice_ko_en.png"))
