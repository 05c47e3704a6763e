// The page as it is, made quick: decisions without a reload, and word of new statements without moving the list.
"use strict";

(() => {
  const EVERY = 15000; // milliseconds between two looks for new statements

  // A decision: the answer takes the place of the statement's decisions and buttons; whatever is not simply done
  // (somebody was faster, the way in has expired) is sent again as a plain form, so that its page is shown.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-acts]") || form.dataset.plain) return;
    event.preventDefault();
    const pressed = event.submitter;
    const row = form.closest("[data-row]");
    const part = form.closest("[data-part]");
    part.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, pressed));
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "1" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
      if (!made) throw new Error("no part");
      part.replaceWith(made);
      row?.focus({ preventScroll: true });
    } catch {
      part.removeAttribute("aria-busy");
      form.dataset.plain = "1";
      form.requestSubmit(pressed);
    }
  });

  const line = document.querySelector("[data-new]");
  if (line) {
    const link = line.querySelector("a");
    const title = document.title;
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(line.dataset.new);
        if (!answer.ok) return;
        const { count, more } = await answer.json();
        if (!count) return;
        link.textContent = `${count}${more ? "+" : ""} ${count === 1 ? line.dataset.one : line.dataset.many}`;
        link.hidden = false;
        document.title = `(${count}${more ? "+" : ""}) ${title}`;
      } catch {
        // The connection will come back, or a reload says what is wrong.
      }
    };
    setInterval(look, EVERY);
    document.addEventListener("visibilitychange", look);
  }

  // Beside a wide page the filters stand open; on a phone they wait to be asked for.
  const filters = document.getElementById("filters");
  if (filters && matchMedia("(min-width: 60rem)").matches) filters.open = true;
})();
