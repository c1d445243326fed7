// Offers to cite what is selected in an article, and to copy what a citation page shows. Everything works without it.
const text = document.querySelector(".text[data-cite]");
if (text) {
  const offer = document.createElement("a");
  offer.className = "cite-selection";
  offer.textContent = "Cite this passage";
  offer.hidden = true;
  document.body.append(offer);
  const paragraphOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".text [id^=p]");
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const paragraph = selection.rangeCount && !selection.isCollapsed ? paragraphOf(selection.getRangeAt(0).startContainer) : null;
    offer.hidden = !paragraph || !text.contains(paragraph);
    if (offer.hidden) return;
    const range = selection.getRangeAt(0).cloneRange();
    // A quotation is of one paragraph; its number and links are not part of its words.
    const end = paragraph.querySelector(".pin");
    if (!paragraph.contains(range.endContainer) || (end && range.comparePoint(end, 0) <= 0)) range.setEndBefore(end ?? paragraph.lastChild);
    const quote = range.toString().trim();
    const asked = new URLSearchParams({ p: paragraph.id.slice(1), v: text.dataset.version, quote });
    offer.href = `${text.dataset.cite}?${asked}`;
    const place = range.getBoundingClientRect();
    offer.style.top = `${place.bottom + window.scrollY + 8}px`;
    offer.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - 170)) + window.scrollX}px`;
    offer.hidden = !quote || quote.length > 5000;
  });
}
for (const shown of navigator.clipboard ? document.querySelectorAll(".copied") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  const words = shown.textContent.trim();
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(words);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  // In a list of terms nothing may stand beside a description.
  if (shown.localName === "dd") shown.append(" ", button);
  else shown.after(button);
}
