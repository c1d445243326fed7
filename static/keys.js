// Single keys, for who wants them: they never act in a field or with a modifier key, and can be switched off.
import { fill, tell, words } from "./told.js";

const OFF = "policy-archive.keys-off";
const all = (selector) => [...document.querySelectorAll(selector)];

function off() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function step(by) {
  const links = all(".hits h2 a, .lines .line-title a");
  const item = document.activeElement?.closest("li");
  const at = links.findIndex((link) => link === document.activeElement || (item && link.closest("li") === item));
  const next = links[at < 0 ? (by > 0 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

let match = null;

function turn(by) {
  const marks = all(".reading article mark");
  if (!marks.length) return false;
  // From where the reader was led, else from what is on the screen.
  let at = marks.indexOf(match ?? document.querySelector(".reading article mark:target"));
  if (at < 0) {
    const below = marks.findIndex((mark) => mark.getBoundingClientRect().top >= 0);
    at = below < 0 ? marks.length - (by > 0 ? 1 : 0) : below - (by > 0 ? 1 : 0);
  }
  at = (at + by + marks.length) % marks.length;
  match?.classList.remove("now");
  match = marks[at];
  match.classList.add("now");
  match.tabIndex = -1;
  match.focus({ preventScroll: true });
  match.scrollIntoView({ block: "center" });
  tell(fill(words.match, { number: at + 1, total: marks.length }));
}

// What is meant by "this": the paragraph or the result that has the focus or was led to, else the article.
function of(selector) {
  const here = document.activeElement?.closest(".text [id^=p], .hits > li, .lines > li") ?? document.querySelector(".text :target");
  return here?.querySelector(selector) ?? document.querySelector(`.article-head ${selector}`);
}

function follow(link) {
  link?.click();
  return Boolean(link);
}

const keys = {
  "/": () => {
    const box = document.querySelector("#q, #masthead-q");
    box?.focus();
    box?.select();
    return Boolean(box);
  },
  j: () => step(1),
  k: () => step(-1),
  n: () => turn(1),
  p: () => turn(-1),
  s: () => follow(of("[data-star]")),
  c: () => follow(of("a.cite")),
  "?": () => help(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || off()) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]:not([contenteditable=false])")) return;
  const act = Object.hasOwn(keys, event.key) && keys[event.key];
  if (act && act() !== false) event.preventDefault();
});

function element(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function help() {
  const dialog = element("dialog");
  dialog.className = "keys";
  const heading = element("h2", words.keys.heading);
  heading.id = "keys-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
  const list = element("dl");
  for (const [key, meaning] of words.keys.list) {
    const row = element("div");
    const named = element("dt");
    for (const one of key.split(" ")) named.append(element("kbd", one), " ");
    row.append(named, element("dd", meaning));
    list.append(row);
  }
  const choice = element("label");
  const box = element("input");
  box.type = "checkbox";
  box.checked = !off();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, box.checked ? "0" : "1");
    } catch {
      tell(words.notKept);
    }
  });
  choice.append(box, " ", words.keys.on);
  const close = element("button", words.keys.close);
  close.addEventListener("click", () => dialog.close());
  const said = element("p");
  said.append(choice);
  dialog.append(heading, list, said, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

for (const link of all("a.keyboard"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    help();
  });
