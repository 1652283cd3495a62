// The office's pages come from Unfold, whose page has no landmark for its content and whose wide tables take no key.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  for (const wide of document.querySelectorAll(".overflow-x-auto")) {
    wide.tabIndex = 0;
  }
});
