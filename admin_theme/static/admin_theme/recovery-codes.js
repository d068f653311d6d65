/* Copy, download or print the recovery codes that are shown this once. */
(function () {
  "use strict";
  const codes = document.getElementById("recovery-codes");

  function select() {
    window.getSelection().selectAllChildren(codes);
  }

  const DEEDS = {
    copy(button) {
      select();
      if (!navigator.clipboard) {
        return;
      }
      navigator.clipboard.writeText(codes.textContent).then(() => {
        button.textContent = button.dataset.done;
      }, select);
    },
    download(button) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([codes.textContent], { type: "text/plain" }));
      link.download = button.dataset.name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    print: () => window.print(),
  };

  document.querySelectorAll("[data-codes]").forEach((button) => {
    button.addEventListener("click", () => DEEDS[button.dataset.codes](button));
  });
})();
