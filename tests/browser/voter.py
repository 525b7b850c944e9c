"""An entrepreneur with a phone, as the tests call what a thumb does."""

from playwright.sync_api import Page, expect

LABELS = {"A": "非常满意", "B": "服务一般", "C": "服务较差"}


def says(page: Page, selector: str, words: str) -> None:
    """Expect these words to appear at `selector`."""
    expect(page.locator(selector)).to_contain_text(words)


class Entrepreneur:
    """Holds one card and taps on one phone; counts the taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def opens(self, link: str) -> None:
        self.page.goto(link)

    def taps_on(self, selector: str) -> None:
        self.page.locator(selector).tap()
        self.taps += 1

    def rates(self, line: str, mark: str) -> None:
        """Tap one of the three options of a line in sight."""
        self.page.locator(f"#line-{line} label", has_text=LABELS[mark]).tap()
        self.taps += 1
        expect(self.page.locator(f"#mark-{line}-{mark}")).to_be_checked()

    def looks_for(self, words: str) -> None:
        self.page.locator("#search").fill(words)
        self.taps += 1

    def opens_unit(self, unit: str) -> None:
        self.taps_on(f"#unit-{unit} > summary")

    def writes(self, line: str, text: str) -> None:
        self.taps_on(f"#line-{line} .remark > summary")
        self.page.locator(f"#text-{line}").fill(text)
        self.taps += 1

    def reviews(self) -> None:
        self.taps_on("#to-review")
        expect(self.page.locator("#review")).to_be_visible()

    def seals(self) -> None:
        self.taps_on("#seal")

    def receipt(self) -> str:
        expect(self.page.locator("#done")).to_be_visible(timeout=20_000)
        return str(self.page.locator("#receipt").get_attribute("data-receipt"))

    def kept(self) -> str:
        """Return everything that this device keeps for the page."""
        return str(self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])"))
