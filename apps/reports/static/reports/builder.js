// The columns of a report: the chosen ones stand first, in the order in which they are moved.
(() => {
  const list = document.querySelector("[data-columns]");
  if (!list) return;
  const told = list.parentElement.querySelector("[data-moved]");
  const boxOf = (item) => item.querySelector("input");
  const nameOf = (item) => item.querySelector("[data-label]").textContent;
  const changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));

  function chosen() {
    return [...list.children].filter((item) => boxOf(item).checked);
  }

  list.addEventListener("change", (event) => {
    const item = event.target.closest(".r-column");
    if (!item) return;
    const last = chosen().filter((one) => one !== item).pop();
    if (last) last.after(item);
    else list.prepend(item);
  });

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest(".r-column");
    const row = chosen();
    const place = row.indexOf(item) + Number(button.dataset.move);
    if (place < 0 || place >= row.length) return;
    if (button.dataset.move === "1") row[place].after(item);
    else row[place].before(item);
    button.focus();
    told.textContent = `${nameOf(item)} is column ${place + 1} of ${row.length}.`;
    changed();
  });
})();
