// A button with data-key is pressed by that key, so that a row a second can be decided without a mouse.
const TYPING = new Set(["INPUT", "SELECT", "TEXTAREA"]);

export function pressByKey(page) {
  page.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (TYPING.has(event.target.tagName) && event.target.tagName !== "SELECT") return;
    const button = [...page.querySelectorAll("button[data-key]")].find((each) => each.dataset.key === event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
