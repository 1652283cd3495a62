// A button beside each password shows what is typed; it is hidden again when the form leaves.
(() => {
  const set = (input, button, shown) => {
    input.type = shown ? "text" : "password";
    button.firstChild.data = shown ? "Ocultar" : "Mostrar";
  };

  const equip = (input) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small";
    const rest = document.createElement("span");
    rest.className = "visually-hidden";
    rest.textContent = " la contraseña";
    button.append("Mostrar", rest);
    const pair = document.createElement("div");
    pair.className = "reveal";
    input.replaceWith(pair);
    pair.append(input, button);
    button.addEventListener("click", () => set(input, button, input.type === "password"));
    input.form?.addEventListener("submit", () => set(input, button, false));
  };

  for (const input of document.querySelectorAll('input[type="password"]')) equip(input);
})();
