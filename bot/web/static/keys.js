// Keys for people who read all day: j, k, Enter, r, x, s, / and ?. Every one does what a link or a button does too.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const help = document.getElementById("keys");
  const opener = document.querySelector("[data-keys-help]");
  let current = null;

  function choose(row) {
    if (current) current.removeAttribute("data-chosen");
    current = row;
    row.setAttribute("data-chosen", "");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current);
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function press(what) {
    const within = current ?? (rows().length === 1 ? rows()[0] : null);
    const button = within?.querySelector(`[data-key="${what}"]`);
    if (button) button.click();
  }

  const acts = {
    j: () => step(1),
    k: () => step(-1),
    Enter: () => current?.querySelector("[data-opens]")?.click(),
    r: () => press("r"),
    x: () => press("x"),
    s: () => press("s"),
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => help?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const where = event.target;
    if (where.matches("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") where.blur();
      return;
    }
    if (event.key === "Enter" && where !== current) return; // a link or a button in focus
    if (help?.open || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row !== current) {
      if (current) current.removeAttribute("data-chosen");
      current = row;
      row.setAttribute("data-chosen", "");
    }
  });

  if (opener && help) {
    opener.hidden = false;
    opener.addEventListener("click", () => help.showModal());
  }
})();
