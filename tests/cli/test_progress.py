from compliance.cli.progress import progress, watched


def test_what_is_watched_passes_through_unchanged():
    assert list(watched(range(1200), 1200, "counting")) == list(range(1200))


def test_the_bar_takes_what_it_is_told(capsys):
    with progress("checking") as told:
        told(1, 2)
        told(2, 2)
    assert capsys.readouterr().out == ""
