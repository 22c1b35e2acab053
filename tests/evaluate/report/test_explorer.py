"""The explorer in a real browser: headless Chromium, its requests recorded by a proxy that answers none."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from munja.data.convert import Problem
from munja.evaluate import Evaluation, write_report
from munja.evaluate.gate import Verdict

# What a bare browser asks for by itself, whatever page it shows.
BROWSERS_OWN = {
    "accounts.google.com", "clients2.google.com", "clients2.googleusercontent.com", "edgedl.me.gvt1.com",
    "optimizationguide-pa.googleapis.com", "redirector.gvt1.com", "safebrowsing.googleapis.com",
    "update.googleapis.com",
}  # fmt: skip


class Listener:
    """A proxy that writes down which hosts are asked for, and refuses them all."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        hosts = self.hosts

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                hosts.add(urlsplit(self.path).hostname or self.path.partition(":")[0])
                self.send_error(403)

            do_GET = do_POST = do_HEAD = do_CONNECT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def foreign(self) -> set[str]:
        return self.hosts - BROWSERS_OWN


class Browser:
    """Headless Chromium: the elements of a page after its scripts have run."""

    def __init__(self, profile: Path) -> None:
        found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
        assert found, "these tests drive Chromium: apt install chromium"
        self.program, self.profile = found[0], profile
        self.listener = Listener()

    def page(self, path: Path, place: str = "") -> str:
        done = subprocess.run(
            [
                self.program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
                "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
                f"--user-data-dir={self.profile}", f"--proxy-server=http://127.0.0.1:{self.listener.server.server_port}",
                "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=5000", "--window-size=1400,2600",
                "--enable-logging=stderr", "--v=0", "--dump-dom", f"{path.as_uri()}{place}",
            ],
            capture_output=True,
            timeout=180,
            check=True,
        )  # fmt: skip
        told = [row for row in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in row]
        assert not told, told
        return done.stdout.decode()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.listener.server.shutdown()
    made.listener.server.server_close()


@pytest.fixture
def report(evaluation: Evaluation, tmp_path: Path) -> Path:
    return write_report(evaluation, tmp_path / "report")


def plain(document: str) -> str:
    """The words of a page, without scripts and marks."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", " ", document, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", body.replace("</", " </")).split())


def test_the_overview_says_how_good_and_what_goes_wrong(browser: Browser, report: Path) -> None:
    document = browser.page(report)
    text = plain(document)
    assert "77.5 %" in text
    assert "Of 100 characters 72.5 are read right; most is lost to text that was missed" in text
    assert re.search(r"Missed .* 53 % of what is lost: 9 characters in 1 place", text)
    assert "These 3 pages cannot tell wrong and right apart in CLEval" in text
    assert document.count("pictures/0.jpg") >= 1  # cut-outs in view have their picture
    assert 'class="box want"' in document


def test_errors_are_sorted_by_cost_and_filtered_by_kind(browser: Browser, report: Path) -> None:
    everything = plain(browser.page(report, "#errors"))
    order = [everything.index(word) for word in ("TOTAL 9.00", "GHOST", "HELL", "RECEIPT")]
    assert order == sorted(order)
    document = browser.page(report, "#errors?kind=split")
    assert "RECEIPT" in plain(document)
    assert "GHOST" not in plain(document)
    assert document.count("<article") == 1


def test_a_confused_pair_leads_to_its_places(browser: Browser, report: Path) -> None:
    table = browser.page(report, "#characters")
    assert "O → 0" in plain(table)
    (link,) = set(
        re.findall(r'href="(#errors[^"]*)"', table.partition("One character read")[2].partition("Characters")[0])
    )
    document = browser.page(report, link.replace("&amp;", "&"))
    assert document.count("<article") == 1
    assert '<mark class="read">0</mark>' in document


def test_a_page_shows_truth_and_reading_over_the_picture(browser: Browser, report: Path) -> None:
    document = browser.page(report, "#page/0?at=0")
    assert document.count("<polygon") >= 5  # two true boxes, two wrong ones, and the chosen one
    assert 'class="box chosen"' in document
    assert "truth: TOTAL 9.00" in document
    assert "3 errors" in plain(document)


def test_two_readers_are_shown_side_by_side_with_their_differences(browser: Browser, report: Path) -> None:
    document = browser.page(report, "#page/1?beside=1")
    assert document.count('class="whole"') == 2
    assert "1 difference" in plain(document)
    compared = plain(browser.page(report, "#compare"))
    assert "All 4 differences" in compared
    assert "Only right is right: 4" in compared
    assert "nothing read here, as it should be" in compared


def test_conditions_and_confidence_are_drawn(browser: Browser, report: Path) -> None:
    conditions = plain(browser.page(report, "#conditions"))
    for title in ("Text height", "Text length", "Contrast", "Angle"):
        assert title in conditions
    confidence = browser.page(report, "#confidence")
    assert confidence.count("<circle") >= 3
    assert "For 99 % precision use threshold" in plain(confidence)


def test_problems_and_bounds_are_not_hidden(browser: Browser, evaluation: Evaluation, tmp_path: Path) -> None:
    truth = replace(evaluation.truth, problems=(Problem("gt.jsonl:7", "a label <b>without</b> text"),))
    page = write_report(replace(evaluation, truth=truth, verdicts=(Verdict(False, "it FAILS"),)), tmp_path / "problems")
    assert "it FAILS" in plain(browser.page(page))
    document = browser.page(page, "#problems")
    assert "gt.jsonl:7: a label &lt;b&gt;without&lt;/b&gt; text" in document


def test_a_single_file_shows_the_same(browser: Browser, evaluation: Evaluation, tmp_path: Path) -> None:
    page = write_report(evaluation, tmp_path / "single", single_file=True)
    document = browser.page(page, "#page/0?at=0")
    assert "data:image/jpeg;base64," in document
    assert 'class="box chosen"' in document


def test_no_request_leaves_the_report(browser: Browser, report: Path, tmp_path: Path) -> None:
    for place in ("", "#pages", "#page/0"):
        browser.page(report, place)
    assert browser.listener.foreign == set()
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="http://foreign.example/x.png">', encoding="utf-8")
    browser.page(bad)
    assert browser.listener.foreign == {"foreign.example"}  # so the listener would have heard
    browser.listener.hosts.clear()
