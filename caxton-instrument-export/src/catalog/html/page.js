// Shows and hides what is on the page; it writes nothing into it but a count.
"use strict";
(() => {
  const form = document.getElementById("filter-form");
  const names = ["search", "crate", "type", "label"];
  const fields = names.map((name) => document.getElementById("filter-" + name));
  const count = document.getElementById("filter-count");
  const items = [...document.querySelectorAll("[data-text]")];
  const sections = [...document.querySelectorAll("main > section")];
  const lists = (item, key) => (item.dataset[key] || "").split("\n");

  const apply = () => {
    const [search, crate, type, label] = fields.map((field) => field.value);
    const words = search.toLowerCase().split(/\s+/).filter((word) => word);
    for (const item of items) {
      const hit = (!crate || item.dataset.crate === crate)
        && (!type || lists(item, "types").includes(type))
        && (!label || lists(item, "labels").includes(label))
        && words.every((word) => item.dataset.text.includes(word));
      item.hidden = !hit;
    }
    for (const section of sections) {
      section.hidden = !section.querySelector("[data-text]:not([hidden])");
    }
    const shown = items.filter((item) => !item.hidden).length;
    count.value = shown === items.length ? "All " + shown + " shown" : shown + " of " + items.length + " shown";
  };

  // The filter is in the address, so that it can be sent to somebody.
  const remember = () => {
    const wanted = new URLSearchParams();
    fields.forEach((field, at) => field.value && wanted.set(names[at], field.value));
    const hash = String(wanted);
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };

  const recall = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const wanted = new URLSearchParams(hash);
      fields.forEach((field, at) => {
        field.value = wanted.get(names[at]) || "";
        // A select that has not the value shows nothing.
        if (field.selectedIndex === -1) field.value = "";
      });
      apply();
      return;
    }
    const target = hash && document.getElementById(hash);
    if (target && target.closest("[hidden]")) {
      form.reset();
    }
    apply();
    if (target) target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  window.addEventListener("hashchange", recall);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.matches("input, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      fields[0].focus();
    } else if (event.key === "Escape" && event.target === fields[0]) {
      fields[0].value = "";
      apply();
      remember();
    }
  });
  recall();
})();
