"""What pages show, asked as a browser asks."""


def test_the_start_page_leads_to_the_queue(browser):
    assert browser("reviewer").get("/").location == "/queue"


def test_the_queue_page_brings_its_filters_and_dash(browser):
    page = browser("reviewer").get("/queue")
    assert page.status_code == 200
    assert "All queues" in page.text


def test_a_call_shows_words_reasons_and_places(browser, ids):
    page = browser("reviewer").get(f"/calls/{ids['C-1042']}").text
    assert "brightline" in page
    assert "Card number · 16 digits · check digit fits · ends 4242" in page
