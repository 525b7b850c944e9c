// The receipt: what it is, how to keep it, how to find it on the board after closing.
import { byId, groups } from "./dom.js";
import { t } from "./words.js";

/** Show the receipt of a ballot that is in the box. */
export function showReceipt(manifest, receipt, notice, reply) {
  byId("receipt").textContent = groups(receipt);
  byId("receipt").dataset.receipt = receipt;
  byId("receipt-notice").hidden = !notice;
  byId("receipt-notice").textContent = notice ?? "";
  byId("reply-box").hidden = !reply;
  byId("reply-code").textContent = reply ? reply.match(/.{4}/g).join("-") : "";
  const board = new URL(`/p/${encodeURIComponent(manifest.poll)}/board`, location.href).href;
  byId("save-receipt").onclick = () => save(manifest, receipt, board);
  byId("print-receipt").onclick = () => print();
}

function save(manifest, receipt, board) {
  const words = `${manifest.title}\n${t("密封选票回执：")}\n${receipt}\n\n${t("测评关闭后，可在公示栏核对：")}\n${board}\n`;
  const address = URL.createObjectURL(new Blob([words], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${t("回执")}-${receipt.slice(0, 8)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
