"""The site of the shipped rulebook is whole: every link resolves, every page is reached, and a browser shows it."""

import json
import re
import shutil
import subprocess
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from markupsafe import escape

from compliance.pages.material import Material
from compliance.pages.policies import read_policies
from compliance.pages.site import Site
from compliance.vocabulary import territory
from compliance.vocabulary.authority import Standing
from tests.cli.support import ROOT

BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)


class Read(HTMLParser):
    """What a page links to, what can be linked to in it, and what its tags are."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "input"})

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.tags, self.open, self.problems = [], [], defaultdict(int), [], []
        self.feed(text)
        self.problems += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags[tag] += 1
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")


@pytest.fixture(scope="module")
def read(pages):
    return {address: Read(text) for address, text in pages.items() if address.endswith(".html")}


def target(address, link):
    parts = urlsplit(link)
    path = PurePosixPath(address).parent / unquote(parts.path) if parts.path else PurePosixPath(address)
    steps = []
    for step in path.parts:
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps), parts.fragment


def test_every_link_resolves(pages, read):
    lost = set()
    for address, page in read.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
            path, fragment = target(address, link)
            if path not in pages or (fragment and fragment not in read[path].ids):
                lost.add((address, link))
    assert not lost


def test_every_page_is_reached_from_the_index(read):
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        address = waiting.pop()
        for link in read[address].links:
            path = target(address, link)[0] if "://" not in link else ""
            if path in read and path not in reached:
                reached.add(path)
                waiting.append(path)
    assert set(read) - reached == set()


def test_there_is_a_page_for_each_place_group_product_and_statement(pages, material):
    rulebook = material.rulebook
    wanted = {f"places/{code}.html" for code in territory.all_countries()}
    wanted |= {f"groups/{name}.html" for name in rulebook.places.groups}
    wanted |= {f"products/{name}.html" for name in rulebook.products}
    wanted |= {f"rules/{rule.id}.html" for rule in rulebook.rules if not rule.from_position}
    wanted |= {"index.html", "rules.html", "terms.html", "sources.html", "doubts.html", "style.css"}
    assert wanted <= set(pages)


def test_pages_are_well_formed_and_can_be_read_aloud(pages, read):
    for address, page in read.items():
        assert page.problems == [], address
        assert len(page.ids) == len(set(page.ids)), address
        assert page.tags["h1"] == page.tags["main"] == page.tags["title"] - svg_titles(pages[address]) == 1, address
        assert page.tags["caption"] == page.tags["table"], address


def svg_titles(text):
    return sum(part.count("<title") for part in re.findall(r"<svg.*?</svg>", text, re.DOTALL))


def test_no_page_needs_the_network_or_a_script(pages, read):
    for address, page in read.items():
        assert page.tags["script"] == page.tags["img"] == page.tags["iframe"] == 0, address
        assert not re.search(r'<link[^>]*href="https?:', pages[address]), address
    assert "url(" not in pages["style.css"]
    assert "@import" not in pages["style.css"]


def test_no_template_says_what_the_rulebook_says(material):
    """No sentence is typed twice: what templates hold are headings."""
    folder = files("compliance.pages").joinpath("templates")
    templates = "\n".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    rulebook = material.rulebook
    said = {rule.says for rule in rulebook.rules} | {fact.means for fact in rulebook.vocabulary.facts.values()}
    said |= {page.name for page in rulebook.jurisdictions.values() if len(page.name) > 3}
    said |= {product.name for product in rulebook.products.values()} | {one.means for one in rulebook.definitions}
    assert not {sentence for sentence in said if sentence in templates}


def test_a_place_says_what_may_be_done_and_who_says_so(pages, material):
    germany = pages["places/DE.html"]
    assert "What a verified retail customer at home in Germany may do on" in germany
    assert '<span class="status conditions">Open with conditions</span>' in germany
    assert escape(material.statements.by_id["EEA/questionnaire"].versions[-1].says) in germany
    assert "Base Prospectus of Backed Assets (JE) Limited" in germany
    assert f'title="{Standing.RELAYED.means}">relayed</span>' in germany


def test_since_when_is_since_when_for_this_place(pages):
    """Kuwait joined the FATF's list on 13 February 2026; the rule about the list is older."""
    text = " ".join(re.sub(r"<[^>]+>", " ", pages["places/KW.html"]).split())
    assert "until an enhanced due diligence is on file since 13 February 2026" in text


def test_what_begins_on_no_stated_day_says_as_of_when_it_was_read(pages, material):
    statement = material.statements.by_id["postal-code-well-formed"]
    page = pages["rules/postal-code-well-formed.html"]
    read_on = max(one.reviewed_on for one in statement.versions[0].authority)
    assert f'No start stated, as read on <time datetime="{read_on}">' in page
    assert "no start stated" not in pages["rules/us-person.html"]


def test_a_rule_says_its_condition_in_words_its_sources_and_its_cases(pages, material):
    text = re.sub(r"<[^>]+>", "", pages["rules/redemption-below-minimum.html"])
    assert "“amount” in USD is less than “issuer minimum” (USD 5,000)" in text
    assert "Since 30 June 2025" in text
    rows = material.examples.of_statement("redemption-below-minimum")
    assert len(rows) >= 2
    assert all(escape(row.sentence) in pages["rules/redemption-below-minimum.html"] for row in rows)
    assert "relayed" in text or "quoted" in text


def test_the_map_links_every_country_it_draws(pages, material):
    links = set(re.findall(r'<a href="(places/[A-Z]{2}\.html)"><title>', pages["index.html"]))
    assert len(links) > 200
    assert '<a href="places/MX.html"><title>Mexico: Open</title>' in pages["index.html"]
    listed = set(re.findall(r'<li><a href="places/([A-Z]{2})\.html">', pages["index.html"]))
    assert listed == set(territory.all_countries())


def test_the_same_rulebook_and_instant_make_the_same_bytes(book, material, pages):
    again = Material(book, material.at, material.persona)
    made = {page.address: page.text for page in Site(again, read_policies(ROOT)).pages()}
    assert made == pages


def contrast(one, two):
    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_its_ground_in_light_and_dark(pages):
    """Reference: WCAG 2.2, 1.4.3: 4.5 to 1."""
    themes = re.findall(r":root \{(.*?)\}", pages["style.css"], re.DOTALL)[:2]
    assert len(themes) == 2
    for theme in themes:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", theme))
        pairs = [(text, ground) for text in ("ink", "quiet", "link") for ground in ("paper", "raised", "neutral-soft")]
        pairs += [(f"{name}-text", f"{name}-soft") for name in ("open", "conditions", "referred", "closed", "asks")]
        low = [(pair, contrast(colours[pair[0]], colours[pair[1]])) for pair in pairs]
        assert [found for found in low if found[1] < 4.5] == []


MEASURE = """<script>
const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .skip, thead")
  && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
const style = getComputedStyle(document.body);
document.body.setAttribute("data-measured", JSON.stringify({
  wide: wide.map(e => e.tagName + ": " + e.textContent.slice(0, 60)),
  styled: style.marginTop === "0px", width: document.documentElement.clientWidth,
  drawn: [...document.querySelectorAll(".land path")].filter(e => e.getBoundingClientRect().width > 0).length,
}));
</script>"""


def seen(page, profile, width, *options):
    """What a browser shows of a page in a window of `width`: the page as it is rendered, and what is measured in it."""
    quiet = ("background-networking", "component-update", "sync", "gpu")
    command = [BROWSER, "--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
    command += [f"--user-data-dir={profile}", f"--window-size={width},1000", *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    assert "Failed to load resource" not in done.stderr
    return done.stdout


PAGES = ("index.html", "places/UA.html", "rules/us-person.html", "terms.html", "groups/EEA.html")


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
@pytest.mark.parametrize("address", PAGES)
def test_a_browser_shows_the_page_on_a_phone_with_nothing_cut_off(folder, pages, tmp_path, address):
    copy = folder / PurePosixPath(address).parent / f"measured-{PurePosixPath(address).name}"
    copy.write_text(pages[address].replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    try:
        shown = seen(copy, tmp_path / "profile", 360, "--dump-dom")
    finally:
        copy.unlink()
    measured = json.loads(unescape(re.search(r'data-measured="([^"]*)"', shown)[1]))
    assert measured["styled"], measured
    assert measured["width"] <= 500
    assert measured["wide"] == []
    assert (measured["drawn"] > 150) == ("<svg" in pages[address])


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_a_browser_paints_the_map(folder, tmp_path, scheme):
    picture = tmp_path / "page.png"
    options = (f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}")
    seen(folder / "index.html", tmp_path / "profile", 1280, *options)
    assert picture.stat().st_size > 100_000
