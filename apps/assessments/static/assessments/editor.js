// The questions of an assessment: added, moved, removed and gathered into the one value that is posted.
(() => {
  const editor = document.querySelector("[data-editor]");
  if (!editor) return;
  const value = editor.querySelector("[data-value]");
  const list = editor.querySelector("[data-questions]");
  const form = editor.closest("form");
  const seen = read().seen;

  function read() {
    try {
      return JSON.parse(value.value);
    } catch {
      return {};
    }
  }

  function questions() {
    return [...list.querySelectorAll("[data-question]")].filter((one) => !one.classList.contains("a-is-removed"));
  }

  function fieldsOf(item, own) {
    const found = {};
    for (const control of item.querySelectorAll("[data-field]")) {
      if (own && control.closest("[data-answer]")) continue;
      found[control.dataset.field] = control.type === "checkbox" ? control.checked : control.value;
    }
    return found;
  }

  function gather() {
    const gathered = questions().map((question) => ({
      code: question.dataset.code,
      ...fieldsOf(question, true),
      answers: [...question.querySelectorAll("[data-answer]")].map((answer) => fieldsOf(answer, false)),
    }));
    value.value = JSON.stringify({ seen, questions: gathered });
  }

  // Numbers, the sum of the points, and the word to the page that there is something to save
  function changed() {
    let sum = 0;
    questions().forEach((question, place) => {
      for (const number of question.querySelectorAll("[data-number]")) number.textContent = place + 1;
      sum += Number(question.querySelector("[data-field=points]").value) || 0;
    });
    editor.querySelector("[data-count]").textContent = questions().length;
    editor.querySelector("[data-sum]").textContent = sum;
    gather();
    value.dispatchEvent(new Event("input"));
  }

  function copyOf(name) {
    return editor.querySelector(`template[data-new-${name}]`).content.firstElementChild.cloneNode(true);
  }

  function addAnswer(question, text = "") {
    const answer = copyOf("answer");
    answer.querySelector("[data-field=text]").value = text;
    question.querySelector("[data-answers]").append(answer);
    return answer;
  }

  function addQuestion() {
    const question = copyOf("question");
    list.append(question);
    question.querySelector("[data-field=text]").focus();
  }

  function move(item, before) {
    const other = before ? item.previousElementSibling : item.nextElementSibling;
    if (other) other[before ? "before" : "after"](item);
  }

  // A new question comes with two blank answers; those of true or false are known.
  function suggestAnswers(question) {
    const answers = [...question.querySelectorAll("[data-answer]")];
    const isBlank = answers.every((answer) => !answer.querySelector("[data-field=text]").value.trim());
    if (!isBlank) return;
    const texts = { true_false: ["True", "False"], essay: [] }[question.dataset.type] || ["", ""];
    answers.forEach((answer) => answer.remove());
    texts.forEach((text) => addAnswer(question, text));
    if (question.dataset.type === "short_answer") {
      question.querySelectorAll("[data-field=is_correct]").forEach((box) => { box.checked = true; });
    }
  }

  const deeds = {
    "add-question": addQuestion,
    "add-answer": (question) => {
      const answer = addAnswer(question);
      answer.querySelector("[data-field=is_correct]").checked = question.dataset.type === "short_answer";
      answer.querySelector("[data-field=text]").focus();
    },
    up: (question) => move(question, true),
    down: (question) => move(question, false),
    remove: (question) => {
      question.classList.add("a-is-removed");
      question.querySelector("[data-do=keep]").focus();
    },
    keep: (question) => {
      question.classList.remove("a-is-removed");
      question.querySelector("[data-do=remove]").focus();
    },
    "answer-up": (question, answer) => move(answer, true),
    "remove-answer": (question, answer) => {
      const next = (answer.nextElementSibling || answer.previousElementSibling)?.querySelector("[data-field=text]");
      answer.remove();
      (next || question.querySelector("[data-do=add-answer]")).focus();
    },
    feedback: (question, answer) => {
      const feedback = answer.querySelector("[data-field=feedback]");
      feedback.hidden = !feedback.hidden && !feedback.value;
      if (!feedback.hidden) feedback.focus();
    },
  };

  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    deeds[button.dataset.do](button.closest("[data-question]"), button.closest("[data-answer]"));
    if (["up", "down", "answer-up"].includes(button.dataset.do)) button.focus();
    changed();
  });

  editor.addEventListener("input", (event) => {
    if (event.target === value) return;
    changed();
  });

  editor.addEventListener("change", (event) => {
    const question = event.target.closest("[data-question]");
    if (!question) return;
    if (event.target.dataset.field === "type") {
      question.dataset.type = event.target.value;
      suggestAnswers(question);
    }
    const isOne = ["single_choice", "true_false"].includes(question.dataset.type);
    if (isOne && event.target.dataset.field === "is_correct" && event.target.checked) {
      for (const box of question.querySelectorAll("[data-field=is_correct]")) box.checked = box === event.target;
    }
    changed();
  });

  // Enter goes on to the next answer instead of saving the page half written.
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const answer = event.target.closest("[data-answer]");
    if (!answer) return;
    const next = answer.nextElementSibling;
    if (next) next.querySelector("[data-field=text]").focus();
    else answer.closest("[data-question]").querySelector("[data-do=add-answer]").click();
  });

  form.addEventListener("submit", gather, true);
})();
