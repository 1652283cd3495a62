// A number in boxes: what overflows one box goes on to the next, a paste fills them all, Backspace goes back.
(() => {
  const digitsOf = (text) => text.replace(/\D/g, "");
  const boxesOf = (box) => [...box.closest("[data-boxes]").querySelectorAll("input")];
  const room = (box) => Number(box.dataset.digits);

  const spread = (boxes, from, digits) => {
    let index = from;
    let left = digits;
    for (; index < boxes.length; index += 1) {
      boxes[index].value = left.slice(0, room(boxes[index]));
      left = left.slice(room(boxes[index]));
      if (!left) break;
    }
    const last = boxes[Math.min(index, boxes.length - 1)];
    const next = last.value.length >= room(last) ? boxes[boxes.indexOf(last) + 1] : null;
    (next ?? last).focus();
  };

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-boxes] input") || event.isComposing) return;
    const digits = digitsOf(box.value);
    if (digits.length > room(box) || (digits.length === room(box) && box.selectionStart === box.value.length)) {
      const boxes = boxesOf(box);
      const position = boxes.indexOf(box);
      if (digits.length > room(box) || !boxes[position + 1]?.value) spread(boxes, position, digits);
    } else if (digits !== box.value) {
      box.value = digits;
    }
  });

  document.addEventListener("paste", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-boxes] input")) return;
    const digits = digitsOf(event.clipboardData.getData("text"));
    if (!digits) return;
    event.preventDefault();
    const boxes = boxesOf(box);
    const whole = boxes.reduce((sum, each) => sum + room(each), 0);
    spread(boxes, digits.length >= whole ? 0 : boxes.indexOf(box), digits);
  });

  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key !== "Backspace" || !box.matches?.("[data-boxes] input") || box.value) return;
    const before = boxesOf(box)[boxesOf(box).indexOf(box) - 1];
    if (!before) return;
    event.preventDefault();
    before.value = before.value.slice(0, -1);
    before.focus();
  });
})();
