// The running total of the bills that are chosen. Each box carries its amount in cents (data-cents); the paybar is the last
// thing in their form. A link with data-select-all chooses every bill without a new page.
(() => {
  const boxesOf = (form) => [...form.querySelectorAll("input[data-cents]")];
  const pesos = (cents) => {
    const whole = String(cents / 100n).replace(/\B(?=(\d{3})+$)/g, ".");
    return `$\u00a0${whole},${String(cents % 100n).padStart(2, "0")}`;
  };

  const show = (form) => {
    const bar = form.querySelector("[data-paybar]");
    if (!bar) return;
    const boxes = boxesOf(form);
    const chosen = boxes.filter((box) => box.checked);
    const { one, many } = bar.dataset;
    const words = { 0: `Ninguna ${one} elegida`, 1: `1 ${one} elegida` }[chosen.length] ?? `${chosen.length} ${many} elegidas`;
    bar.querySelector("[data-paybar-note]").textContent = words;
    bar.querySelector("[data-paybar-total]").textContent = pesos(chosen.reduce((sum, box) => sum + BigInt(box.dataset.cents), 0n));
    for (const link of form.querySelectorAll("[data-select-all]")) {
      link.textContent = boxes.length && chosen.length === boxes.length ? "Quitar la selección" : "Seleccionar todas";
    }
  };
  const showAll = (root = document) => {
    for (const bar of root.querySelectorAll("[data-paybar]")) show(bar.closest("form"));
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[data-cents]")) show(event.target.form);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-select-all]");
    if (!link) return;
    event.preventDefault();
    const form = link.closest("form");
    const boxes = boxesOf(form);
    const all = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = all;
    show(form);
  });
  addEventListener("pageshow", () => showAll());
  document.addEventListener("htmx:load", () => showAll());
})();
