// What the page tells a person when something cannot be done: a stable code and one sentence.

/** A fault with a `code` for programs and a `sentence` for people. */
export class Fault extends Error {
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
  }
}
