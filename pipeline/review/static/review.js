// Keys and live filters. Every page works without this file; it only saves reaching for the mouse.
"use strict";

// One key, one element with the same data-key: a button or link is pressed, a field is entered, a box is ticked.
let sent = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const field = event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
  if (event.key === "Escape" && field) field.blur();
  if (field) return;
  // Enter and the space bar belong to whatever has the focus.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const key = event.key === "?" ? "h" : event.key === "=" ? "+" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!found) return;
  event.preventDefault();
  const named = found.hash && document.querySelector(`input${found.hash}`);
  if (key === "c") chooseNext();
  else if (named) enter(named);
  else if (found.matches("textarea, input[type=search]")) enter(found);
  else found.click();
});

// A second press before the next page is there must not decide twice.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });

function chooseNext() {
  const choices = [...document.querySelectorAll("input[name=target]")];
  const at = choices.findIndex((each) => each.checked);
  const next = choices[(at + 1) % choices.length];
  if (!next) return;
  next.checked = true;
  next.closest(".choice").scrollIntoView({ block: "nearest" });
}

function enter(field) {
  field.focus();
  if (field.select) field.select();
}

// Live forms: what they would show is put in place while one types; Enter goes back to the keys.
for (const form of document.querySelectorAll("form[data-live]")) {
  let timer = 0;
  let last = 0;
  const show = async () => {
    const turn = ++last;
    const query = new URLSearchParams(new FormData(form));
    const address = `${form.getAttribute("action")}?${query}`;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || turn !== last) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(form.dataset.live);
    const old = document.getElementById(form.dataset.live);
    if (!fresh || !old) return;
    old.replaceWith(fresh);
    for (const part of [".bar"]) {
      const now = page.querySelector(part);
      if (now && document.querySelector(part)) document.querySelector(part).replaceWith(now);
    }
    if (!form.classList.contains("search")) history.replaceState(null, "", address);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await show();
    if (document.activeElement && form.contains(document.activeElement)) document.activeElement.blur();
  });
}

// The token has done its work when a page is shown; it need not stay in the address.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);
