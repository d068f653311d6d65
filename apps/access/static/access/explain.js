// Leaves out the verbs that make no sense for the chosen kind, and says what its records are called by.
"use strict";
{
  const form = document.querySelector("[data-explain]");
  const [kind, verb, key] = ["model", "verb", "key"].map((name) => form.elements[name]);

  const fit = () => {
    for (const option of verb.options) {
      const fits = !kind.value || !option.value || option.dataset.kinds.split(" ").includes(kind.value);
      option.hidden = option.disabled = !fits;
    }
    const words = kind.selectedOptions[0]?.dataset.key;
    if (words) key.placeholder = words.charAt(0).toUpperCase() + words.slice(1);
  };

  kind.addEventListener("change", () => {
    fit();
    if (verb.selectedOptions[0]?.disabled) verb.value = "";
  });
  fit();
}
