"use strict";
// Sorts tables by a click on a heading, and says below what the pointer is on. All else is there
// without it.
const valueOf = (row, nth) => {
  const cell = row.cells[nth];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = parseFloat(text.replace(/,/g, ""));
  return Number.isNaN(number) ? text.toLowerCase() : number;
};
const compare = (a, b) => {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
};
for (const table of document.querySelectorAll("table")) {
  if (!table.tHead || table.tBodies[0].rows.length < 3) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, nth) => {
    if (!head.textContent) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * compare(valueOf(a, nth), valueOf(b, nth)));
      table.tBodies[0].append(...rows);
    });
  });
}
const says = document.getElementById("hover");
document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.("svg.fig *");
  const title = mark?.querySelector(":scope > title");
  says.hidden = !title;
  if (title) says.textContent = title.textContent;
});
