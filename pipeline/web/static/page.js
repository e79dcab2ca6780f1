// Keys for people who do not reach for the mouse. The page works without this file.
"use strict";

const LINKS = { n: "a[rel=next]", ArrowRight: "a[rel=next]", p: "a[rel=prev]", ArrowLeft: "a[rel=prev]", u: "[data-up]" };
const FIELDS = { "/": "[data-find], textarea[name=q]", r: "[data-review]" };

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
  return link;
}

function step(down) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return follow(down ? LINKS.n : LINKS.p);
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (down ? 1 : -1)));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return rows[next];
}

function act(event) {
  if (event.key in LINKS) return follow(LINKS[event.key]);
  if (event.key === "j" || event.key === "k") return step(event.key === "j");
  if (event.key === "?") return document.getElementById("keys").showModal() || true;
  const field = event.key in FIELDS && document.querySelector(FIELDS[event.key]);
  if (field) field.focus();
  return field;
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("[data-submit]")) {
    event.preventDefault();
    target.form.requestSubmit();
    return;
  }
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const scrolling = event.key.startsWith("Arrow") && target.closest(".wide");
  if (typing || scrolling || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (act(event)) event.preventDefault();
});
