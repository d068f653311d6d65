/* What makes the import's pages quicker to use; every one of them works without. */
"use strict";

(() => {
    const DELAY = 250;
    const FOLLOW = 2000;

    /* A page that waits for something without figures of its own looks again. */
    if (document.querySelector("[data-follow]")) setTimeout(() => window.location.reload(), FOLLOW);

    /* A form is sent once, however often it is clicked. */
    for (const form of document.querySelectorAll("form[data-once]")) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
                return;
            }
            form.dataset.sent = "yes";
            form.setAttribute("aria-busy", "true");
        });
    }
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]")) {
            delete form.dataset.sent;
            form.removeAttribute("aria-busy");
        }
    });

    /* The drop zone shows what was chosen. */
    for (const zone of document.querySelectorAll("[data-drop]")) {
        const input = zone.querySelector("input[type=file]");
        input.hasChangeListener = true; // Otherwise unfold's script looks for its own text field beside the input.
        const name = zone.querySelector("[data-drop-name]");
        const show = () => {
            if (!input.files.length) return;
            const file = input.files[0];
            const size = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
            name.textContent = `${file.name}, ${size}`;
        };
        input.addEventListener("change", show);
        for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("i-over"));
        for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("i-over"));
        show();
    }

    /* A mapped column is strong, an ignored one quiet; a suggestion that was changed is none any more. */
    const constants = () => {
        const mapped = new Set([...document.querySelectorAll("select[data-map]")].map((select) => select.value));
        for (const field of document.querySelectorAll("[data-constant]")) {
            field.hidden = mapped.has(field.dataset.constant);
        }
    };
    for (const select of document.querySelectorAll("select[data-map]")) {
        select.addEventListener("change", () => {
            const row = select.closest("[data-map-row]");
            row.classList.toggle("i-ignored", !select.value);
            row.querySelector("[data-suggested]")?.remove();
            constants();
        });
    }

    /* Filters apply when chosen. */
    for (const select of document.querySelectorAll("select[data-submit]")) {
        select.addEventListener("change", () => select.form.requestSubmit());
    }
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input, textarea, select, [contenteditable]");
        const search = document.querySelector("[data-search]");
        if (event.key === "/" && search && !typing && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            search.focus();
        }
    });

    /* Where there are very many allowed values, those that match are fetched while typing. */
    for (const input of document.querySelectorAll("input[data-options]")) {
        let timer;
        input.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(async () => {
                const answer = await fetch(`${input.dataset.options}&q=${encodeURIComponent(input.value)}`);
                if (answer.ok) input.list.innerHTML = await answer.text();
            }, DELAY);
        });
    }

    /* A click beside an open menu closes it. */
    document.addEventListener("click", (event) => {
        for (const menu of document.querySelectorAll("details.i-menu[open]")) {
            if (!menu.contains(event.target)) menu.open = false;
        }
    });
})();
