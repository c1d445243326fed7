// The reading list that this browser keeps: stars on articles and passages, its number in the masthead, its own buttons.
// Without it, a star leads to a list of that one item, and the list's page does the rest.
import { tell, words } from "./told.js";

const KEY = "policy-archive.reading-list";
const ITEM = /^[0-9a-z]{12}([0-9a-z]{4})?(\.[0-9a-z]{8})?$/;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? [...new Set(kept.filter((one) => typeof one === "string" && ITEM.test(one)))].slice(0, words.most) : [];
  } catch {
    return [];
  }
}

function write(items) {
  try {
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    tell(words.notKept);
    return false;
  } finally {
    show();
  }
  return true;
}

const address = (items) => (items.length ? `/list?items=${items.join(",")}` : "/list");

function toggle(item) {
  const kept = read();
  if (kept.includes(item)) {
    if (write(kept.filter((one) => one !== item))) tell(words.off);
  } else if (kept.length >= words.most) tell(words.full);
  else if (write([...kept, item])) tell(words.on);
}

function show() {
  const kept = read();
  for (const star of document.querySelectorAll("a[data-star]")) {
    star.setAttribute("role", "button");
    star.setAttribute("aria-pressed", kept.includes(star.dataset.star));
  }
  for (const link of document.querySelectorAll("a.reading-list")) {
    link.href = address(kept);
    link.querySelector(".total").textContent = kept.length || "";
  }
  const where = document.querySelector(".kept-where");
  if (where) offer(where, kept);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// On the list's page: whether what is shown is what this browser keeps, and what can be done about it.
function offer(where, kept) {
  where.querySelector(".offers")?.remove();
  const shown = where.dataset.items.split(",").filter(Boolean);
  const own = shown.length === kept.length && shown.every((one) => kept.includes(one));
  const said = document.createElement("p");
  const offers = document.createElement("div");
  offers.className = "offers";
  if (own && kept.length) said.textContent = words.own;
  else if (shown.length) {
    said.textContent = words.notOwn;
    offers.append(button(words.keep, () => write([...new Set([...kept, ...shown])].slice(0, words.most))));
    if (kept.length) offers.append(button(words.replace, () => replaced(kept, shown)));
  } else if (kept.length) {
    const link = document.createElement("a");
    link.href = address(kept);
    link.textContent = words.open;
    said.append(link);
  }
  if (kept.length) offers.append(button(words.clear, () => replaced(kept, [])));
  else if (undo) offers.append(button(words.undo, () => write(undo)));
  if (said.textContent) offers.prepend(said);
  if (offers.childElementCount) where.append(offers);
}

let undo = null;

function replaced(before, items) {
  undo = before;
  if (write(items)) tell(items.length ? words.replaced : words.cleared);
  document.querySelector(".kept-where button")?.focus();
}

document.addEventListener("click", (event) => {
  const star = event.target.closest?.("a[data-star]");
  if (star && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    toggle(star.dataset.star);
    return;
  }
  // Taken off the list that is shown, and off the browser's own, if that is what is shown.
  const off = event.target.closest?.("a[data-off]");
  if (off && read().includes(off.dataset.off)) write(read().filter((one) => one !== off.dataset.off));
});
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches?.("a[data-star]")) {
    event.preventDefault();
    event.target.click();
  }
});
window.addEventListener("storage", show);
window.addEventListener("pageshow", show);
document.addEventListener("results", show);
show();
