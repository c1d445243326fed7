// Filters, order and pages of results without loading the whole page anew. The address always tells the state; what can't
// be fetched or understood is left to the browser.
import { tell } from "./told.js";

const results = () => document.getElementById("results");
let asked = null;
let shown = location.search;

function searches(link) {
  const url = new URL(link, location.href);
  return url.origin === location.origin && url.pathname === "/search" && !url.hash ? url : null;
}

async function go(url, { push = true, y = null, from = null } = {}) {
  asked?.abort();
  const own = (asked = new AbortController());
  const slow = setTimeout(() => document.body.classList.add("waiting"), 200);
  try {
    const answer = await fetch(url, { signal: own.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !searches(answer.url) || !page.getElementById("results")) throw new Error("no results");
    if (push) {
      history.replaceState({ y: scrollY }, "");
      history.pushState({}, "", answer.url);
    }
    shown = location.search;
    show(page, from, y);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  } finally {
    clearTimeout(slow);
    if (asked === own) document.body.classList.remove("waiting");
  }
}

function show(page, from, y) {
  const open = new Set(opened(document).filter(([details]) => details.open).map(([, name]) => name));
  const place = from?.closest("#narrow, .order, .range, .pager");
  const where = place && (place.id ? `#${place.id}` : `.${place.classList[0]}`);
  const said = from?.textContent.trim();
  document.title = page.title;
  for (const head of ["link[rel=canonical]", "link[rel=alternate]", "meta[name=robots]"]) {
    const now = page.querySelector(head);
    if (now) document.querySelector(head)?.replaceWith(now);
  }
  const form = document.querySelector("form.search.large");
  const renewed = page.querySelector("form.search.large");
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  form.append(...renewed.querySelectorAll("input[type=hidden]"));
  if (document.activeElement !== form.elements.q) form.elements.q.value = renewed.elements.q.value;
  results().replaceWith(page.getElementById("results"));
  for (const [details, name] of opened(document)) if (open.has(name)) details.open = true;
  document.dispatchEvent(new Event("results"));

  const heading = results().querySelector("h1");
  tell(heading.textContent.trim().replace(/\s+/g, " "));
  const stays = where && where !== ".pager" && [...document.querySelectorAll(`${where} a`)].find((link) => link.textContent.trim() === said);
  if (y !== null) scrollTo(0, y);
  else if (stays) {
    stays.focus({ preventScroll: true });
    stays.scrollIntoView({ block: "nearest" });
  } else if (document.activeElement !== form.elements.q) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, Math.min(scrollY, heading.getBoundingClientRect().top + scrollY - 16));
  }
}

// Lists that can be opened, by the heading they stand under.
function opened(page) {
  return [...page.querySelectorAll("#narrow details")].map((details) => [details, details.closest("section").querySelector("h3")?.textContent]);
}

// On a small screen the ways to narrow are folded under their heading, which then is a button.
const narrow = matchMedia("(max-width: 57.99rem)");
let unfolded = location.hash === "#narrow";

function fold() {
  const aside = document.getElementById("narrow");
  const heading = aside.querySelector("h2");
  aside.classList.toggle("folded", narrow.matches && !unfolded);
  heading.querySelector("button")?.replaceWith(heading.textContent);
  if (!narrow.matches) return;
  const button = document.createElement("button");
  button.type = "button";
  button.ariaExpanded = unfolded;
  button.append(...heading.childNodes);
  heading.append(button);
}

fold();
narrow.addEventListener("change", fold);
document.addEventListener("results", fold);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#narrow > h2 button");
  if (!button && !event.target.closest?.(".to-facets a")) return;
  unfolded = !button || !unfolded;
  fold();
  if (button) document.querySelector("#narrow > h2 button").focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#results a");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = searches(link.href.baseVal ?? link.href);
  if (!url) return;
  event.preventDefault();
  go(url.href, { from: link });
});
document.addEventListener("submit", (event) => {
  const url = searches(event.target.action);
  if (!url || event.target.method !== "get") return;
  event.preventDefault();
  const given = [...new FormData(event.target)].filter(([name, value]) => name === "q" || value.trim());
  go(`${url.pathname}?${new URLSearchParams(given)}`);
});
addEventListener("popstate", (event) => {
  // Within one page only the place changes, which is the browser's own matter.
  if (location.search !== shown) go(location.href, { push: false, y: event.state?.y ?? 0 });
});
let settled;
addEventListener("scroll", () => {
  clearTimeout(settled);
  settled = setTimeout(() => history.replaceState({ y: scrollY }, ""), 150);
});
history.scrollRestoration = "manual";
const before = history.state?.y;
if (before) scrollTo(0, before);
