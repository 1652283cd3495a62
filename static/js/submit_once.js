// A form acts once: its buttons rest after the first submit. Coming back to the page, also from the cache, wakes them.
(() => {
  const resting = new Set();
  const buttonsOf = (form) => document.querySelectorAll(`#${CSS.escape(form.id)} [type="submit"], [form="${CSS.escape(form.id)}"]`);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const buttons = form.id ? buttonsOf(form) : form.querySelectorAll('[type="submit"]');
    // After the browser has read the form: a disabled button would not send its own name and value.
    setTimeout(() => {
      for (const button of buttons) {
        button.setAttribute("aria-busy", "true");
        button.disabled = true;
        resting.add(button);
      }
    });
  });

  const wake = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of resting) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
    resting.clear();
  };
  addEventListener("pageshow", wake);
  document.addEventListener("htmx:afterRequest", wake);
})();
