// Panels that stay open over the page close when the reader leaves them: the account switcher.
(() => {
  const close = (except) => {
    for (const panel of document.querySelectorAll("details.switcher[open]")) if (panel !== except) panel.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.switcher")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const panel = document.querySelector("details.switcher[open]");
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  document.addEventListener("focusin", (event) => close(event.target.closest("details.switcher")));
})();
