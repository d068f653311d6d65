/* Keeps every [data-job-progress] on the page up to date until its run has ended. */
"use strict";

(() => {
    const SECOND = 1000;
    const SLOWEST = 10 * SECOND;
    const SPEAK_EVERY = 10 * SECOND;

    class JobProgress {
        constructor(element) {
            this.element = element;
            this.wait = SECOND;
            this.spokenAt = 0;
            const last = element.querySelector("[data-part=log] li:last-child");
            this.after = last ? Number(last.dataset.number) : 0;
            document.addEventListener("visibilitychange", () => {
                if (!document.hidden && this.isWaiting) this.ask();
            });
            this.ask();
        }

        part(name) {
            return this.element.querySelector(`[data-part=${name}]`);
        }

        say(name, text) {
            const part = this.part(name);
            if (part && part.textContent !== text) part.textContent = text;
        }

        later() {
            this.isWaiting = document.hidden;
            if (!this.isWaiting) window.setTimeout(() => this.ask(), this.wait);
        }

        async ask() {
            this.isWaiting = false;
            try {
                const answer = await fetch(`${this.element.dataset.url}?after=${this.after}`, {
                    headers: { Accept: "application/json" },
                    redirect: "error",
                });
                if (answer.status === 403 || answer.status === 404) return;
                if (!answer.ok) throw new Error(String(answer.status));
                const facts = await answer.json();
                this.wait = SECOND;
                this.show(facts);
                if (facts.is_open) this.later();
                else this.end(facts);
            } catch {
                this.wait = Math.min(this.wait * 2, SLOWEST);
                this.say("stage", "The connection is lost; the work goes on. Trying again…");
                this.later();
            }
        }

        show(facts) {
            this.element.dataset.state = facts.state;
            for (const name of ["state_words", "amount", "rate", "left", "outcome"]) this.say(name, facts[name]);
            this.say("stage", facts.is_cancelling ? "Stopping at the next safe point…" : facts.stage);
            this.say("took", facts.took && facts.is_open ? `for ${facts.took}` : facts.took);
            const bar = this.element.querySelector("progress");
            if (facts.percent !== null) bar.value = facts.percent;
            else if (facts.is_open) bar.removeAttribute("value");
            else bar.value = facts.state === "succeeded" ? 100 : 0;
            this.showCounts(facts.counts);
            this.showLines(facts.lines);
            this.speak(facts);
        }

        showCounts(counts) {
            const list = this.part("counts");
            if (!list) return;
            list.replaceChildren(
                ...counts.map(([name, number]) => {
                    const pair = document.createElement("div");
                    const term = pair.appendChild(document.createElement("dt"));
                    const figure = pair.appendChild(document.createElement("dd"));
                    term.textContent = name;
                    figure.textContent = number;
                    return pair;
                }),
            );
        }

        showLines(lines) {
            const log = this.part("log");
            if (lines.length) this.after = lines[lines.length - 1].number;
            if (!log) return;
            const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
            for (const line of lines) {
                const item = log.appendChild(document.createElement("li"));
                item.dataset.level = line.level;
                item.dataset.number = line.number;
                const moment = item.appendChild(document.createElement("time"));
                moment.textContent = line.moment;
                const level = { warning: " Warning", error: " Error" }[line.level];
                if (level) item.appendChild(document.createElement("strong")).textContent = level;
                item.append(` ${line.text}`);
            }
            if (lines.length && atEnd) log.scrollTop = log.scrollHeight;
        }

        speak(facts) {
            const now = Date.now();
            const changed = facts.state !== this.spokenState;
            if (!changed && now - this.spokenAt < SPEAK_EVERY) return;
            this.spokenAt = now;
            this.spokenState = facts.state;
            const share = facts.percent === null ? facts.amount : `${facts.percent} percent`;
            const words = facts.is_open ? [facts.state_words, share, facts.left] : [facts.state_words, facts.outcome];
            this.say("spoken", words.filter(Boolean).join(", "));
        }

        end(facts) {
            document.querySelectorAll("[data-only-while-open]").forEach((part) => part.remove());
            this.element.dispatchEvent(new CustomEvent("job:ended", { bubbles: true, detail: facts }));
            if ("reload" in this.element.dataset) window.setTimeout(() => window.location.reload(), SECOND);
        }
    }

    document.querySelectorAll("[data-job-progress][data-url]").forEach((element) => new JobProgress(element));
})();
