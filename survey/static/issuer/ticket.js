// Drawing a ticket: letter code, phrase made on this device, blinded request, checked answer, on to the vote.
import { bytesToHex, hexToBytes, randomBytes } from "@noble/hashes/utils.js";
import { request, ticket } from "../hall/blind.js";
import { parse } from "../hall/codes.js";
import { byId, el, fill } from "../hall/dom.js";
import { Fault } from "../hall/faults.js";
import { entropyOf, phraseOf } from "../hall/phrase.js";
import { letterSizes, show, stop } from "../hall/screens.js";

const KINDS = ["ballot", "text"];
const EXPONENT = 65537n;
const USCC = /^[0-9A-Z]{18}$/;
const PAINT = 50;
const page = byId("ticket").dataset;
const firm = {};
let seed;

/** Take the letter's code out of the address bar; what stands behind # never reached the server. */
function takeLetter() {
  const [uscc = "", code = ""] = decodeURIComponent(location.hash.slice(1)).split("~");
  if (location.hash) history.replaceState(null, "", location.pathname);
  byId("uscc").value = uscc;
  byId("code").value = code;
}

function say(id, sentence) {
  byId(id).textContent = sentence;
  byId(id).hidden = !sentence;
}

/** Read the form of the letter; tell whether it can be right. */
function entered() {
  firm.uscc = byId("uscc").value.normalize("NFKC").trim().toUpperCase();
  try {
    if (!USCC.test(firm.uscc)) throw new Fault("ticket.uscc", "统一社会信用代码应为18位，请对照信函或营业执照重新输入。");
    firm.code = parse(byId("code").value);
  } catch (fault) {
    say("enter-fault", fault.code === "ticket.uscc" ? fault.sentence : "领取码应为16位字母和数字，请对照信函重新输入。");
    return false;
  }
  say("enter-fault", "");
  return true;
}

function showPhrase() {
  seed = seed ?? randomBytes(16);
  fill(byId("phrase-words"), [...phraseOf(seed, page.words)].map((word) => el("li", { text: word })));
  show("phrase");
}

/** Ask two of the twelve back, so that nobody goes on without having written them down. */
function askBack() {
  const words = [...phraseOf(seed, page.words)];
  const first = Math.floor(Math.random() * 6);
  const places = [first, first + 1 + Math.floor(Math.random() * 6)];
  byId("first-label").textContent = `第${places[0] + 1}个字`;
  byId("second-label").textContent = `第${places[1] + 1}个字`;
  byId("check-form").onsubmit = (event) => {
    event.preventDefault();
    const wrong = ["first", "second"].find((id, at) => byId(id).value.normalize("NFKC").trim() !== words[places[at]]);
    say("check-fault", wrong ? "和恢复词对不上，请对照抄下的字再填；没有抄的，点“再看一遍恢复词”。" : "");
    if (wrong) byId(wrong).focus();
    else draw();
  };
  for (const id of ["first", "second"]) byId(id).value = "";
  say("check-fault", "");
  show("check");
}

/** Ask the issuer for both signatures, check them here, and make the tickets. */
async function draw() {
  show("drawing");
  await new Promise((resolve) => setTimeout(resolve, PAINT));
  try {
    const keys = Object.fromEntries(KINDS.map((kind) => [kind, { n: BigInt(`0x${page[kind]}`), e: EXPONENT }]));
    const asked = Object.fromEntries(KINDS.map((kind) => [kind, request(keys[kind], seed, kind, page.poll)]));
    const body = { ...firm, ballot: bytesToHex(asked.ballot.message), text: bytesToHex(asked.text.message) };
    const answer = await fetch("draw", { method: "POST", body: JSON.stringify(body), credentials: "omit", cache: "no-store" });
    const said = await answer.json();
    if (!answer.ok) throw new Fault(said.code, said.sentence);
    const made = KINDS.map((kind) => bytesToHex(ticket(keys[kind], asked[kind], hexToBytes(said[kind]))));
    byId("store").href = `${page.hall}/p/${encodeURIComponent(page.poll)}/remote#${[bytesToHex(seed), page.manifest, ...made].join("~")}`;
    show("drawn");
  } catch (fault) {
    refused(fault);
  }
}

function refused(fault) {
  if (fault.code === "ticket.drawn") {
    say("restore-fault", fault.sentence);
    show("restore");
  } else if (fault.code === "issuer.wrong_code") {
    say("enter-fault", fault.sentence);
    show("enter");
  } else stop(fault.sentence ?? "没有连上服务器，请检查网络后再试；再试领到的还是同一张凭证。", fault.sentence ? {} : { retry: draw });
}

function listen() {
  byId("enter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (entered()) showPhrase();
  });
  byId("to-restore").addEventListener("click", () => entered() && show("restore"));
  byId("copied").addEventListener("click", askBack);
  byId("again").addEventListener("click", showPhrase);
  byId("restore-form").addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      seed = entropyOf(byId("typed").value, page.words);
      draw();
    } catch (fault) {
      say("restore-fault", fault.sentence);
    }
  });
}

letterSizes();
listen();
takeLetter();
show(page.state === "open" ? "enter" : page.state);
