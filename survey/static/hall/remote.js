// The voting window of the remote channel: the ticket of this device, or of the phrase, takes a card's place.
import { byId, groups } from "./dom.js";
import { fetchManifest } from "./fetching.js";
import { asCard, keepTicket, keptTicket, takeTicket } from "./holding.js";
import { pollKey } from "./link.js";
import { letterSizes, show, stop } from "./screens.js";
import { t } from "./words.js";
import { Vote } from "./vote.js";

const poll = pollKey();
const page = byId("ballot").dataset;

/** Fetch the manifest and open the ballot; one that is not the ticket's opens nothing. */
async function open(ticket) {
  show("loading");
  let fetched;
  try {
    fetched = await fetchManifest(poll);
    if (ticket.hash && ticket.hash !== fetched.hash) fetched = await fetchManifest(poll, "reload");
  } catch {
    stop(t("没有取到票面清单，请检查网络后再试。"), { retry: () => open(ticket) });
    return;
  }
  if (fetched.manifest.poll !== poll || (ticket.hash && ticket.hash !== fetched.hash)) {
    stop(t("票面清单的指纹与您的凭证不一致，本页不会打开选票。请立即打监督电话。"));
  } else if (!ticket.hash) compare(fetched, ticket);
  else begin(fetched, ticket);
}

/** A ticket found by its phrase brings no fingerprint: the voter compares it with the letter. */
function compare(fetched, ticket) {
  byId("fingerprint").textContent = groups(fetched.hash.slice(0, 16));
  byId("fingerprint-same").onclick = () => {
    const whole = { ...ticket, hash: fetched.hash };
    keepTicket(poll, whole);
    begin(fetched, whole);
  };
  byId("fingerprint-other").onclick = () => stop(t("清单指纹不一致，请不要填写，并立即打监督电话。"));
  show("compare");
}

function begin({ manifest, hash }, ticket) {
  byId("poll-title").textContent = manifest.title;
  new Vote(manifest, hash, asCard(poll, ticket, manifest.remote)).begin();
}

function askPhrase(sentence = "") {
  byId("phrase-fault").textContent = sentence;
  byId("phrase-fault").hidden = !sentence;
  byId("phrase-form").onsubmit = (event) => {
    event.preventDefault();
    recover(byId("phrase").value);
  };
  show("ask-phrase");
}

async function recover(text) {
  let found;
  show("loading");
  try {
    const [{ manifest }, lost] = await Promise.all([fetchManifest(poll), import(page.lost)]);
    const answer = await fetch(`/p/${encodeURIComponent(poll)}/tickets.txt`, { credentials: "omit" });
    if (!answer.ok) throw new Error(`server ${answer.status}`);
    found = lost.recover(text, page.words, manifest, await answer.text());
  } catch (fault) {
    askPhrase(fault.sentence ? told(fault) : t("没有取到凭证清单，请检查网络后再试。"));
    return;
  }
  byId("phrase").value = "";
  open(found);
}

function told(fault) {
  const known = t(fault.code);
  return known === fault.code ? fault.sentence : known;
}

/** Say that this device has voted; where the poll allows it, the vote may be changed. */
function voted(ticket) {
  byId("change").hidden = !ticket.seed;
  byId("change").onclick = () => open(ticket);
  byId("by-phrase").onclick = () => askPhrase();
  show("voted");
}

function start() {
  letterSizes();
  const brought = takeTicket();
  const ticket = brought ?? keptTicket(poll);
  const kept = brought && !keptTicket(poll)?.voted ? keepTicket(poll, brought) : Boolean(ticket);
  if (page.gate === "void") stop(t("这一场测评已经作废，请听现场工作人员安排。"));
  else if (page.gate === "closed") {
    if (ticket) keepTicket(poll, { voted: true, version: 0 });
    show("closed");
  } else if (page.gate !== "open") {
    byId("has-ticket").hidden = !kept;
    byId("has-none").hidden = kept;
    show("not-open");
  } else if (keptTicket(poll)?.voted) voted(keptTicket(poll));
  else if (ticket) open(ticket);
  else askPhrase();
}

byId("reload")?.addEventListener("click", () => location.reload());
addEventListener("hashchange", () => location.hash.length > 1 && location.reload());
start();
