// The page's sentences in the reader's language: Chinese is the source, en.js brings the English ones.

/** What the addresses of this page carry on, so that the next page speaks the same language. */
export const speaking = document.documentElement.lang === "en" ? "?lang=en" : "";

/** Return `sentence` in the page's language, with {names} filled in. */
export function t(sentence, values = {}) {
  const known = globalThis.QIPING_WORDS?.[sentence] ?? sentence;
  return known.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
