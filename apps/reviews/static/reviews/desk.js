/* The review desk: keys, the hold on the review that is read, and words for those who hear the page. */
(function () {
  "use strict";

  const RENEW_EVERY = 60000;
  let renewedAt = Date.now();
  let activeAt = Date.now();

  const desk = () => document.getElementById("desk");
  const said = () => document.getElementById("desk-said");

  function isTyping(target) {
    return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
  }

  function say(words, isRefused) {
    said().textContent = words;
    said().classList.toggle("d-refused", isRefused);
  }

  function facts(values) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    Object.entries(values).forEach(([name, value]) => data.append(name, value));
    return data;
  }

  /* Keys: a button is pressed, a question is opened with its first answer in focus. */
  function press(control) {
    if (control.tagName !== "SUMMARY") {
      control.click();
      return;
    }
    const asking = control.parentElement;
    document.querySelectorAll(".d-ask[open]").forEach((other) => other !== asking && (other.open = false));
    asking.open = true;
    asking.querySelector("input:not([type=hidden]), select, textarea").focus();
  }

  document.addEventListener("keydown", (event) => {
    activeAt = Date.now();
    if (event.key === "Escape") {
      document.querySelectorAll(".d-ask[open]").forEach((asking) => {
        asking.open = false;
        asking.querySelector("summary").focus();
      });
      return;
    }
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    if (document.querySelector("dialog[open]") || (event.key === "Enter" && event.target.closest("a, button, summary"))) {
      return;
    }
    const control = desk() && desk().querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (control && !desk().classList.contains("htmx-request")) {
      event.preventDefault();
      press(control);
    }
  });
  ["pointerdown", "wheel", "touchstart"].forEach((name) => {
    document.addEventListener(name, () => (activeAt = Date.now()), { passive: true });
  });

  /* The hold: shown as it runs out, renewed while somebody reads, let go when they leave. */
  function showHold() {
    const shown = desk() && desk().querySelector("[data-hold]");
    if (!shown) {
      return;
    }
    const left = Math.round((new Date(desk().dataset.until) - Date.now()) / 1000);
    shown.parentElement.classList.toggle("d-ending", left < 60);
    shown.textContent = left > 0 ? `held by you ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "no longer held by you";
    if (activeAt > renewedAt && Date.now() - renewedAt > RENEW_EVERY) {
      renew();
    }
  }

  async function renew() {
    renewedAt = Date.now();
    const part = desk();
    const answer = await fetch(part.dataset.address, { method: "POST", body: facts({ do: "renew", review: part.dataset.review }) });
    if (answer.ok) {
      part.dataset.until = (await answer.json()).until;
    } else if (answer.status === 409) {
      say((await answer.json()).message, true);
    }
  }

  window.addEventListener("pagehide", () => {
    const part = desk();
    if (part && part.dataset.review) {
      navigator.sendBeacon(part.dataset.address, facts({ do: "release", until: part.dataset.until }));
    }
  });
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

  /* What was done is said, and the next review gets the focus. */
  function arrived() {
    const part = desk();
    renewedAt = Date.now();
    if (part.dataset.said) {
      say(part.dataset.said, "refused" in part.dataset);
    }
    const opened = part.querySelector(".d-ask[open] :is(input:not([type=hidden]), select, textarea)");
    const review = part.querySelector(".d-review");
    if (opened) {
      opened.focus();
    } else if (review) {
      review.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
    }
    showHold();
  }

  document.addEventListener("htmx:afterSettle", (event) => event.target.id === "desk" && arrived());
  document.addEventListener("DOMContentLoaded", () => {
    window.setInterval(showHold, 1000);
    showHold();
    if ("take" in desk().dataset) {
      desk().querySelector('[data-do="take"]').requestSubmit();
    }
  });
})();
