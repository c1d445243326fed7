// What scripts say, in the language of the page; a message is shown for a while, and read aloud.
export { words } from "./words.js";
const place = document.getElementById("told");
let timer;

export function tell(message, seconds = 5) {
  clearTimeout(timer);
  place.textContent = message;
  timer = setTimeout(() => (place.textContent = ""), 1000 * seconds);
}

export const fill = (message, values) => message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
