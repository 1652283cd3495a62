// The office's pages come from Unfold, whose page has no landmark for its content and whose wide tables take no key.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  for (const wide of document.querySelectorAll(".overflow-x-auto, .office-scroll")) {
    wide.tabIndex = 0;
  }
});

// A second click while the answer is on its way sends nothing; the acts are safe from it anyway.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-once]")) {
    setTimeout(() => {
      for (const button of event.target.querySelectorAll("button[type=submit]")) {
        button.disabled = true;
      }
    });
  }
});
