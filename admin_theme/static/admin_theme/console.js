/* Keys of the console, the focus of its dialogs, and words for requests that were refused. */
(function () {
  "use strict";

  const NEXT_KEY_WITHIN = 1200;
  let goUntil = 0;

  function isTyping(target) {
    return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
  }

  function keysOfThisPage() {
    const keys = [["Ctrl K or ⌘ K", "Search everything"]];
    if (document.getElementById("searchbar")) {
      keys.push(["/", "Search this list"]);
    }
    keys.push(["g o", "Overview"]);
    document.querySelectorAll("[data-go]").forEach((link) => {
      keys.push([`g ${link.dataset.go}`, link.lastChild.textContent.trim()]);
    });
    document.querySelectorAll("[data-key]").forEach((control) => {
      keys.push([control.dataset.key, control.getAttribute("aria-label") || control.textContent.trim()]);
    });
    keys.push(["?", "These keys"]);
    return keys;
  }

  function showKeys() {
    let dialog = document.getElementById("c-keys-dialog");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "c-keys-dialog";
      dialog.className = "c-keys-dialog";
      document.body.append(dialog);
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    }
    const title = document.createElement("h2");
    title.textContent = "Keys of this page";
    const list = document.createElement("dl");
    list.className = "c-keys";
    keysOfThisPage().forEach(([key, meaning]) => {
      const line = document.createElement("div");
      const term = document.createElement("dt");
      key.split(" ").forEach((part) => {
        const shown = document.createElement(part === "or" ? "span" : "kbd");
        shown.textContent = part;
        term.append(shown, " ");
      });
      const words = document.createElement("dd");
      words.textContent = meaning;
      line.append(term, words);
      list.append(line);
    });
    dialog.replaceChildren(title, list);
    dialog.showModal();
  }

  function go(key) {
    const link = key === "o" ? document.querySelector(".c-nav a") : document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) {
      window.location.assign(link.href);
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(document.activeElement)) {
      return;
    }
    if (event.timeStamp < goUntil) {
      goUntil = 0;
      event.preventDefault();
      go(event.key);
    } else if (event.key === "g") {
      goUntil = event.timeStamp + NEXT_KEY_WITHIN;
    } else if (event.key === "?") {
      event.preventDefault();
      showKeys();
    }
  });

  const REACHABLE = "a[href], button, input:not([type=hidden]), select, textarea";

  /* unfold's dialog only appears: here the focus goes in, stays in, and returns to what opened it. */
  function holdFocus(dialog) {
    let opener = null;
    const isOpen = () => dialog.getClientRects().length > 0;
    const reachable = () => [...dialog.querySelectorAll(REACHABLE)].filter((one) => one.getClientRects().length && !one.disabled);
    new MutationObserver(() => {
      if (isOpen() && !opener) {
        opener = document.activeElement;
        (reachable()[0] || dialog).focus();
      } else if (!isOpen() && opener) {
        opener.focus();
        opener = null;
      }
    }).observe(dialog.parentElement, { attributeFilter: ["style"] });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" || !isOpen()) {
        return;
      }
      const all = reachable();
      const edge = event.shiftKey ? all[0] : all[all.length - 1];
      if (document.activeElement === edge || !dialog.contains(document.activeElement)) {
        event.preventDefault();
        (event.shiftKey ? all[all.length - 1] : all[0]).focus();
      }
    });
  }

  const REFUSALS = {
    0: "The console cannot be reached. Nothing was changed; try again.",
    403: "Your rights do not cover this. Nothing was changed.",
    404: "This record is gone, or is not open to you.",
    429: "That was too often. Wait a moment and try again.",
  };

  function tell(words) {
    let note = document.getElementById("c-toast");
    if (!note) {
      note = document.createElement("p");
      note.id = "c-toast";
      note.className = "c-toast";
      note.setAttribute("role", "alert");
      document.body.append(note);
    }
    note.textContent = words;
    note.classList.add("c-toast-shown");
    window.setTimeout(() => note.classList.remove("c-toast-shown"), 6000);
  }

  function refused(event) {
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status === 403 && document.querySelector(".c-visit")) {
      tell("You can only look while you see the console as somebody else. Nothing was changed.");
      return;
    }
    tell(REFUSALS[status] || "The console made a mistake. Nothing was changed; try again.");
  }

  document.addEventListener("DOMContentLoaded", () => {
    const page = document.getElementById("main");
    if (page) {
      page.setAttribute("role", "main");
    }
    const search = document.getElementById("searchbar");
    if (search) {
      search.setAttribute("aria-label", "Search this list");
    }
    const tab = document.querySelector(".p-tabs [aria-current]");
    if (tab) {
      tab.scrollIntoView({ block: "nearest", inline: "center" });
    }
    const dialog = document.getElementById("modal-content");
    if (dialog) {
      holdFocus(dialog);
    }
  });

  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);
})();
