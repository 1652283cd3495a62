// A link with data-dialog leads to a page that asks one question. Here the question comes to the reader, in a window;
// whatever goes wrong, the link is followed as without this script.
(() => {
  const open = async (link) => {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("[data-dialog-content]");
    if (!answer.ok || !content) throw new Error("no question on that page");
    const form = document.importNode(content, true);
    if (!form.getAttribute("action")) form.setAttribute("action", answer.url);
    form.classList.remove("panel");
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const heading = form.querySelector("h1");
    if (heading) {
      const smaller = document.createElement("h2");
      smaller.id = "dialogo";
      smaller.append(...heading.childNodes);
      heading.replaceWith(smaller);
      dialog.setAttribute("aria-labelledby", smaller.id);
    }
    form.removeAttribute("aria-labelledby");
    dialog.append(form);
    dialog.addEventListener("click", (event) => {
      if (event.target !== dialog && !event.target.closest("[data-dialog-close]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (!("showModal" in HTMLDialogElement.prototype)) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
})();
