// From the verified manifest to the receipt: mark, review, seal, send.
import { freshCode } from "./codes.js";
import { byId, fill } from "./dom.js";
import { Draft } from "./draft.js";
import { afterVote, kiosk } from "./kiosk.js";
import { dropCard, keepCard } from "./link.js";
import { Marks } from "./mark.js";
import { Page } from "./page.js";
import { showReceipt } from "./receipt.js";
import { showReview } from "./review.js";
import { show } from "./screens.js";
import { Refusal, insist } from "./send.js";
import { Sheet } from "./sheet.js";
import { tools } from "./tools.js";
import { t } from "./words.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

const KINDS = ["ballot", "text"];
const HEAD = 4 + 64;
const LAST_VERSION = 2 ** 31;
// Long enough for the screen to show that sealing began; an old phone then works for a second or two.
const PAINT = 50;

/** One voter with one card at this device, or with a ticket of the remote channel (`card.tokens`). */
export class Vote {
  constructor(manifest, hash, card) {
    this.manifest = manifest;
    this.hash = hash;
    this.card = card;
    this.marks = new Marks(new Sheet(manifest, byId("ballot").dataset.readings));
  }

  /** Go on where this card left off on this device: at the marks, or in the middle of sending. */
  async begin() {
    this.draft = await Draft.open(this.manifest.poll, this.card.code);
    const kept = await this.draft.load();
    if (kept?.sealed) {
      this.kept = true;
      this.reply = kept.reply;
      this.sealed = Object.fromEntries(KINDS.map((kind) => [kind, unpack(kept.sealed[kind])]));
      this.send();
      return;
    }
    if (kept) this.marks.restore(kept);
    this.page = new Page(this.marks.sheet, this.marks);
    this.marks.onChange(() => this.keep());
    this.controls();
    this.savedNote(kept ? t("已接着上次的草稿继续") : "");
    const [own, plain] = [t("密封方式：浏览器自带加密（WebCrypto）。"), t("密封方式：网页自带加密（noble），因为本页不是经加密连接打开的，或浏览器没有自带加密。")];
    byId("sealed-by").textContent = tools.NAME === "WebCrypto" ? own : plain;
    show("mark");
  }

  /** Wire the buttons of marking and review. */
  controls() {
    const shared = byId("shared-phone");
    shared.checked = this.draft.shared;
    shared.disabled = kiosk;
    byId("borrowed").open = kiosk;
    shared.addEventListener("change", () => this.share(shared.checked));
    byId("to-review").addEventListener("click", () => this.review());
    byId("back").addEventListener("click", () => history.back());
    byId("seal").addEventListener("click", () => this.seal());
    addEventListener("popstate", () => this.sealed || show("mark"));
  }

  /** Keep the draft after a change, and say so. */
  async keep() {
    const kept = await this.draft.save({ marks: this.marks.marks(), remarks: this.marks.remarks(), pins: this.marks.pins() });
    this.savedNote(kept ? t("草稿已加密存在本机") : this.draft.shared ? t("公用手机：本机不留草稿") : t("本机不能保存草稿，请不要关闭页面"));
  }

  /** Switch to a phone that keeps nothing, or back. */
  share(yes) {
    this.draft.share(yes);
    if (yes) dropCard();
    else keepCard(this.manifest.poll, this.card);
    this.keep();
  }

  savedNote(words) {
    byId("saved").textContent = words;
  }

  /** Show what was marked, before anything is sealed. */
  review() {
    byId("review-fault").hidden = true;
    showReview(this.marks, (line) => {
      history.back();
      addEventListener("popstate", () => this.page.reveal(line), { once: true });
    });
    history.pushState({ screen: "review" }, "");
    show("review");
  }

  /** Seal once; the sealed bytes are kept until the box has them, so that a retry is the same ballot. */
  async seal() {
    if (this.sealed || this.sealing) return;
    this.sealing = true;
    this.state("sealing", t("正在密封"), t("正在本机密封选票，请稍候。"));
    show("send");
    await new Promise((resolve) => setTimeout(resolve, PAINT));
    try {
      const { manifest, hash, card } = this;
      const [marks, remarks] = [this.marks.marks(), await this.answerable(this.marks.remarks())];
      const ballot = await tools.sealBallot(manifest, hash, card.code, marks, card.version);
      this.sealed = this.ticketed({ ballot, text: await tools.sealText(manifest, hash, card.code, remarks, card.version) });
    } catch (fault) {
      byId("review-fault").textContent = fault.sentence ? said(fault) : t("没有密封成功：{fault}", { fault: fault.message });
      byId("review-fault").hidden = false;
      this.sealing = false;
      show("review");
      return;
    }
    await this.keepSealed();
    if (!this.kept) addEventListener("beforeunload", warn);
    this.wipe();
    this.send();
  }

  /** Give each remark a public key of its own, if the writer wants to find the answers with one code. */
  async answerable(remarks) {
    this.reply = remarks.length && byId("want-reply").checked ? freshCode() : undefined;
    if (!this.reply) return remarks;
    const keys = await Promise.all(remarks.map((_, place) => tools.replyPublic(this.manifest.poll, this.reply, place)));
    return remarks.map((remark, place) => ({ ...remark, reply: keys[place] }));
  }

  /** Put the tickets of the remote channel behind the sealed bodies; a card has none. */
  ticketed(sealed) {
    const { tokens } = this.card;
    if (!tokens) return sealed;
    return Object.fromEntries(KINDS.map((kind) => [
      kind, { ...sealed[kind], body: concatBytes(sealed[kind].body, hexToBytes(tokens[kind])) },
    ]));
  }

  async keepSealed() {
    this.kept = await this.draft.save({ sealed: { ballot: pack(this.sealed.ballot), text: pack(this.sealed.text) }, reply: this.reply });
  }

  /** Sign the same envelopes as a higher version: a lost phone does not know which ones it cast before. */
  async signAnew() {
    const { manifest, card } = this;
    card.version = 2 * card.version + 1;
    const signed = await Promise.all(KINDS.map((kind) => {
      const { body } = this.sealed[kind];
      const envelope = body.subarray(HEAD, body.length - hexToBytes(card.tokens[kind]).length);
      return tools.sign(kind, manifest, card.code, envelope, card.version);
    }));
    this.sealed = this.ticketed(Object.fromEntries(KINDS.map((kind, at) => [kind, signed[at]])));
    await this.keepSealed();
  }

  /** Put one kind into the box; a ticket that was found again replaces what its lost phone cast. */
  async deliver(kind) {
    for (;;) {
      try {
        await insist(this.manifest.poll, kind, this.sealed[kind], this.waiting, byId("hurry"));
        return;
      } catch (fault) {
        const outrun = fault.code === "box.older_vote" && this.card.recovered && this.card.version < LAST_VERSION;
        if (!outrun) throw fault;
        await this.signAnew();
      }
    }
  }

  /** Send both envelopes and show the receipt; a refusal stops with its sentence. */
  async send() {
    this.state("sending", t("发送中"), t("正在投入票箱，请不要关闭页面。"));
    show("send");
    try {
      for (const kind of KINDS) await this.deliver(kind);
      this.done();
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      if (fault.kind === "text") this.done(t("评价已经入箱；反映的问题没有收下：{fault}", { fault: said(fault) }));
      else this.refused(fault);
    }
  }

  waiting = (seconds) => {
    const why = navigator.onLine ? t("没有连上服务器") : t("手机没有网络");
    const kept = this.kept ? t("选票已密封存在本机，不会丢失") : t("请不要关闭或刷新本页");
    this.state("waiting", t("还没有发出"), t("{why}，{seconds}秒后自动再试。{kept}，也不会重复计票。", { why, seconds, kept }));
  };

  refused(refusal) {
    const used = this.card.tokens ? t("如果不是您投的，请立即打监督电话。") : t("如果不是您投的，请立即拿着票卡告诉现场监督人员。");
    this.state("refused", t("没有入箱"), said(refusal) + (refusal.code === "box.used_card" ? used : ""));
    if (!["box.not_open", "box.too_early"].includes(refusal.code)) this.forget();
  }

  done(notice) {
    this.forget();
    this.card.voted?.();
    afterVote();
    showReceipt(this.manifest, this.sealed.ballot.receipt, notice, this.reply);
    show("done");
  }

  /** Take what was marked off the page once it is sealed. */
  wipe() {
    this.marks = null;
    for (const id of ["overall", "list", "review-list"]) fill(byId(id));
  }

  /** Erase draft and card from the device. */
  forget() {
    removeEventListener("beforeunload", warn);
    this.draft.erase();
    dropCard();
  }

  state(name, title, words) {
    byId("send").dataset.state = name;
    byId("send-title").textContent = title;
    byId("send-words").textContent = words;
    byId("hurry").hidden = name !== "waiting";
    byId("another").hidden = name !== "refused";
  }
}

/** Say a refusal in the page's language; a code that has no words of its own keeps the server's. */
function said(fault) {
  const known = t(fault.code ?? "");
  return known && known !== fault.code ? known : fault.message;
}

function warn(event) {
  event.preventDefault();
}

function pack({ key, body, receipt }) {
  return { key, body: bytesToHex(body), receipt };
}

function unpack({ key, body, receipt }) {
  return { key, body: hexToBytes(body), receipt };
}
