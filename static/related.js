// Puts the related articles on the article's own page, when the reader comes near them. Without it, a link leads to them.
const section = document.querySelector(".related");
const link = section?.querySelector("a");
if (link) {
  const watch = new IntersectionObserver(
    async ([seen]) => {
      if (!seen.isIntersecting) return;
      watch.disconnect();
      const answer = await fetch(link.href);
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".related-list");
      for (const title of found?.querySelectorAll("h2") ?? []) {
        const smaller = document.createElement("h3");
        smaller.className = title.className;
        smaller.append(...title.childNodes);
        title.replaceWith(smaller);
      }
      if (found) link.parentElement.replaceWith(found);
    },
    { rootMargin: "1000px" },
  );
  watch.observe(section);
}
