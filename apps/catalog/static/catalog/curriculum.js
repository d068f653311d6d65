// The order of modules and lessons: dragged with the mouse, or picked up with Space and moved with the arrow keys.
(() => {
  const list = document.querySelector(".p-curriculum[data-arrange]");
  if (!list) return;
  const status = document.querySelector(".p-status");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  let dragged = null;
  let picked = null;
  let saved = snapshot();

  function itemOf(handle) {
    return handle.closest(".p-lesson") || handle.closest(".p-module");
  }

  function isLesson(item) {
    return item.classList.contains("p-lesson");
  }

  function places() {
    return [...list.querySelectorAll(".p-module")].map((module) => [
      Number(module.dataset.module),
      [...module.querySelectorAll(".p-lesson")].map((lesson) => Number(lesson.dataset.lesson)),
    ]);
  }

  function snapshot() {
    return [...list.children].map((module) => [module, [...module.querySelectorAll(".p-lesson")]]);
  }

  function putBack() {
    for (const [module, lessons] of saved) {
      list.append(module);
      module.querySelector(".p-lessons").append(...lessons);
    }
  }

  function tell(sentence, tone = "") {
    status.textContent = sentence;
    status.dataset.tone = tone;
  }

  function recount() {
    for (const module of list.querySelectorAll(".p-module")) {
      const number = module.querySelectorAll(".p-lesson").length;
      module.querySelector(".p-end").textContent = `${number} lesson${number === 1 ? "" : "s"}`;
    }
  }

  async function save() {
    tell("Saving the new order…");
    try {
      const answer = await fetch(list.dataset.arrange, {
        method: "POST",
        headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
        body: JSON.stringify(places()),
      });
      const { message } = await answer.json();
      if (!answer.ok) throw new Error(message);
      saved = snapshot();
      tell(message);
    } catch (refused) {
      putBack();
      tell(refused instanceof TypeError || refused instanceof SyntaxError ? "The new order could not be saved. Nothing has changed." : refused.message, "bad");
    }
    recount();
  }

  // Mouse
  list.addEventListener("dragstart", (event) => {
    const handle = event.target.closest(".p-handle[draggable]");
    if (!handle) return;
    dragged = itemOf(handle);
    dragged.classList.add("p-moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(dragged, 12, 12);
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest(isLesson(dragged) ? ".p-lesson, .p-module" : ".p-module");
    if (!over || over === dragged || over.contains(dragged) && !isLesson(dragged)) return;
    if (isLesson(dragged) && !isLesson(over)) {
      if (!over.contains(dragged)) over.querySelector(".p-lessons").append(dragged);
      return;
    }
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("p-moving");
    dragged = null;
    recount();
    save();
  });

  // Keys
  function step(item, direction) {
    const sibling = direction < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (sibling) {
      sibling[direction < 0 ? "before" : "after"](item);
    } else if (isLesson(item)) {
      const module = item.closest(".p-module");
      const next = direction < 0 ? module.previousElementSibling : module.nextElementSibling;
      if (next) next.querySelector(".p-lessons")[direction < 0 ? "append" : "prepend"](item);
    }
    recount();
  }

  list.addEventListener("keydown", (event) => {
    const handle = event.target.closest(".p-handle[draggable]");
    if (!handle) return;
    const item = itemOf(handle);
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (picked) {
        picked.classList.remove("p-picked");
        picked = null;
        save();
      } else {
        picked = item;
        item.classList.add("p-picked");
        tell(`${handle.dataset.name} is picked up. Move it with the arrow keys, put it down with Space, leave with Escape.`);
      }
    } else if (picked && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(picked, event.key === "ArrowUp" ? -1 : 1);
      handle.focus();
      const place = [...picked.parentElement.children].indexOf(picked) + 1;
      tell(`${handle.dataset.name}: place ${place} of ${picked.parentElement.children.length}.`);
    } else if (picked && event.key === "Escape") {
      picked.classList.remove("p-picked");
      picked = null;
      putBack();
      recount();
      tell("Left as it was.");
    }
  });
})();
