// The office's pages come from Unfold, whose page has no landmark for its content and whose wide tables take no key.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  for (const wide of document.querySelectorAll(".overflow-x-auto, .office-scroll")) {
    wide.tabIndex = 0;
  }
  // Unfold's script looks beside every file field for the text of its own widget; ours have none, and none is wanted.
  for (const field of document.querySelectorAll(".office-field input[type=file]")) {
    field.hasChangeListener = true;
  }
  // Up to 1280 pixels the menu is closed, and what opens and closes it is an icon that only a mouse reaches.
  for (const toggle of document.querySelectorAll("[x-on\\:click='sidebarToggle()']")) {
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-label", "Menú");
    toggle.tabIndex = 0;
    toggle.classList.remove("xl:hidden!"); // office.css says from which width it is not needed
    toggle.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        toggle.click();
      }
    });
  }
  // What adds a record is an icon too, which reads as "add".
  for (const add of document.querySelectorAll(".addlink[title]")) {
    add.setAttribute("aria-label", add.title);
  }
  // Of lines that can be taken away, the column with the button has an empty heading.
  for (const heading of document.querySelectorAll(":is(.inline-group, .inline-related) thead th")) {
    if (!heading.textContent.trim()) {
      heading.textContent = "Quitar";
    }
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

// What can be copied has its button only where a script can copy.
document.addEventListener("DOMContentLoaded", () => {
  for (const copier of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    copier.hidden = false;
    copier.querySelector("button").addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(copier.dataset.copy).innerText);
      copier.querySelector("[role=status]").textContent = "Copiado.";
    });
  }
});
