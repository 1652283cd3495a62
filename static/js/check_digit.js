// Says at once that a number in boxes was mistyped: its last digit checks the others (weights 3, 1, 3, 1… from the right).
// The server checks it again.
(() => {
  const isValid = (number) => {
    const digits = [...number].map(Number);
    const check = digits.pop();
    const sum = digits.reverse().reduce((total, digit, place) => total + digit * (place % 2 ? 1 : 3), 0);
    return (10 - (sum % 10)) % 10 === check;
  };

  const review = (group) => {
    const boxes = [...group.querySelectorAll("[data-boxes] input")];
    const number = boxes.map((box) => box.value.replace(/\D/g, "")).join("");
    const whole = number.length === boxes.reduce((sum, box) => sum + Number(box.dataset.digits), 0);
    const message = group.querySelector("[data-check-digit-message]");
    const words = whole && !isValid(number) ? message.dataset.checkDigitMessage : "";
    if (message.textContent !== words) message.textContent = words;
  };

  // After boxes.js has moved the digits to their boxes, also by a paste, which it answers by itself.
  for (const kind of ["input", "paste"]) {
    document.addEventListener(kind, (event) => {
      const group = event.target.closest?.('[data-check-digit="mod10"]');
      if (group) setTimeout(() => review(group));
    });
  }
})();
