from yousaid.web.kept_pages import KeptPages


def test_a_page_is_found_again():
    pages = KeptPages()
    assert pages.find("1", "a") is None
    pages.keep("1", "a", b"one")
    assert (pages.find("1", "a"), pages.find("1", "b")) == (b"one", None)


def test_a_newer_version_lets_all_pages_go():
    pages = KeptPages()
    pages.find("1", "a")
    pages.keep("1", "a", b"one")
    assert pages.find("2", "b") is None
    assert pages.find("1", "a") is None


def test_a_page_that_was_overtaken_is_not_kept():
    pages = KeptPages()
    pages.find("1", "a")
    pages.find("2", "b")
    pages.keep("1", "a", b"old")
    pages.keep("2", "b", b"new")
    assert pages.find("2", "b") == b"new"
    assert pages.find("2", "a") is None


def test_those_asked_for_last_stay():
    pages = KeptPages(most_bytes=30)
    pages.find("1", "a")
    for name in "abc":
        pages.keep("1", name, bytes(10))
    assert pages.find("1", "a") is not None
    pages.keep("1", "d", bytes(10))
    assert [name for name in "abcd" if pages.find("1", name) is not None] == ["a", "c", "d"]
    pages.keep("1", "e", bytes(31))
    assert pages.find("1", "e") is None
