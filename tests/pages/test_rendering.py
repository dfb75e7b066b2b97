"""What stands in a rule file comes out as text, and links go where they should."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.engine.wording import Named, Words
from compliance.pages.history import Spell
from compliance.pages.rendering import Renderer, in_force, shown_day
from compliance.pages.statements import Statements
from compliance.vocabulary.period import Period


@pytest.fixture(scope="module")
def renderer(material):
    return Renderer(material.ruleset, material.statements, material.at)


def rendered(renderer, source, **shows):
    return renderer._templates.from_string(source).render(**shows)  # noqa: SLF001 - the environment is what is tested


def test_markup_in_a_rule_file_is_text(renderer):
    assert rendered(renderer, "{{ x }}", x="<script>&\"'") == "&lt;script&gt;&amp;&#34;&#39;"


def test_a_template_that_asks_for_what_is_not_there_fails(renderer):
    with pytest.raises(Exception, match="undefined"):
        rendered(renderer, "{{ nothing }}")


def test_words_link_to_what_they_name(renderer):
    sentence = Words((Named("fact", "subject.residence", "residence"), " is in ", Named("place", "UA-43", "Crimea")))
    made = rendered(renderer, '{% from "parts.html" import words %}{{ words(s, "../") }}', s=sentence)
    assert '<a class="term fact" href="../terms.html#fact-subject.residence">“residence”</a> is in ' in made
    assert '<a class="term place" href="../places/UA.html">Crimea</a>' in made


def test_a_day_is_written_out_and_an_instant_with_its_time():
    assert shown_day(date(2026, 9, 21)) == "21 September 2026"
    assert shown_day(datetime(2026, 10, 5, tzinfo=UTC)) == "5 October 2026"
    assert shown_day(datetime(2026, 10, 5, 12, tzinfo=UTC)) == "5 October 2026, 12:00 UTC"
    midnight = datetime(2026, 10, 5, tzinfo=UTC)
    assert shown_day(midnight - timedelta(microseconds=1)) == "4 October 2026"


def test_a_period_that_ends_at_midnight_ends_with_the_day_before(renderer):
    span = Period(datetime(2026, 5, 8, tzinfo=UTC), datetime(2027, 5, 8, tzinfo=UTC))
    made = rendered(renderer, '{% from "parts.html" import period %}{{ period(s) | striptags }}', s=span)
    assert made == "8 May 2026 to 7 May 2027"


def test_a_spell_is_in_force_between_its_edges():
    spell = Spell(Period(datetime(2026, 1, 1, tzinfo=UTC), None), partly=False)
    assert in_force([spell], datetime(2026, 1, 1, tzinfo=UTC))
    assert not in_force([spell], datetime(2025, 12, 31, tzinfo=UTC))


def test_that_a_source_is_past_its_review_is_a_reason_of_its_own(book):
    """The FATF's list of June 2026 was to be read again by 31 October 2026."""
    at = book.at(datetime(2026, 11, 29, tzinfo=UTC))
    statements = Statements(book.rulebook)
    rule = next(rule.id for rule in at.ruleset.rules if rule.id.startswith("stale-source/"))
    renderer = Renderer(at.ruleset, statements, at.instant)
    made = rendered(
        renderer, "{% for one in rules | reasons %}{{ one.does }}: {{ one.says }}\n{% endfor %}", rules=[rule]
    )
    assert made.startswith("refer: the source of ")
    assert made.endswith("is past its review date\n")
