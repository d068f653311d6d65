/* Says in words why a passkey cannot be used here, and what became of one that was asked for. */
(function () {
  "use strict";
  const WORDS = {
    NotAllowedError: "Nothing was used: you canceled, or it took too long. Try again, or choose another way.",
    InvalidStateError: "This device holds a passkey for your account already.",
    SecurityError: "Passkeys do not work at this address. Open the console by its name.",
  };
  const trouble = document.querySelector("[data-passkey-trouble]");

  function tell(words) {
    trouble.textContent = words;
    trouble.hidden = false;
  }

  function whyNot() {
    if (/^(\d+\.){3}\d+$|^\[/.test(window.location.hostname)) {
      return "Passkeys need an address with a name, and this one is a number.";
    }
    return window.PublicKeyCredential ? "" : "Passkeys need a newer browser and an address that begins with https.";
  }

  const reason = whyNot();
  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.disabled = Boolean(reason);
    button.hidden = Boolean(reason) && "passkeyOptional" in button.dataset;
  });
  if (reason && !document.querySelector("[data-passkey-optional]")) {
    tell(reason);
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = event.detail.exception ? event.detail.exception.name : "";
    tell(WORDS[name] || "The passkey could not be used. Try again, or choose another way.");
  });
})();
